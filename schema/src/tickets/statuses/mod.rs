//! A site's statuses and the steps between them, as its admins keep them (A8-19, B25-23…29).
//!
//! Six statuses come with every site and stay; a site adds its own, each of one of five kinds. A status that a ticket
//! has cannot be deleted, only retired: it is offered no more, and whoever has it keeps it.

pub mod find;
pub mod transitions;

mod acts;
mod rows;

pub use acts::{Changes, create, delete, list, update};
pub use rows::{NewStatus, Refused, StatusRow};
