//! Dynamic forms: a site's admin defines fields, a visitor fills them in, and a ticket may come of it (B11).
//!
//! `rules` holds what can be said without a database: whether a definition is sound, whether a submission fits it,
//! and which subject, message and requester the ticket gets. Storing submissions and turning them into tickets is
//! the business of the acts beside it.

pub mod acts;
mod convert;
pub mod reads;
mod rows;
pub mod rules;

pub use convert::{Converted, NotConverted, convert};
pub use rows::{Form, NewSubmission, SubmittedFile};
