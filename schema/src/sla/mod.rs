//! Service levels: by when a ticket must be solved, and who hears of it when that is in danger.
//!
//! A site promises so many minutes of working time per priority. [`rules`] turns the promise into a due
//! date and says, for one ticket at one moment, whether to warn, to mark a breach or to look again later.
//! Working time itself is the business of `hours`.

pub mod rules;

mod acts;
mod reads;
mod release;
mod rows;

pub use acts::{Looked, SWEEP_CHUNK, look, sweep, watch_job};
pub use release::{RELEASE_CHUNK, release, sites_to_release};
