//! Routing: which agent gets the next chat or ticket.
//!
//! [`rules`] decides among agents that were read by someone else; it never raises a counter. Choosing an
//! agent and raising the count must be one indivisible step, and that step is the caller's.

pub mod rules;

mod acts;
mod reads;
mod rows;

pub use acts::{route, try_again_job};
pub use reads::people_of;
