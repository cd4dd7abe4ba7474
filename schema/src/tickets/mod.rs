//! Tickets: a customer's request from its first word to its closing.
//!
//! A ticket has a number and a reference, a status that moves along its site's table, a priority that decides
//! how soon an answer is owed, and replies. What may happen to it is decided in [`rules`]; due dates are
//! reckoned in `sla`, the choice of an agent in `routing`.

pub mod autoclose;
pub mod reads;
pub mod rules;
pub mod status;
pub mod statuses;
pub mod support_form;

mod intake;
mod plan;
mod status_row;

pub use intake::{Created, Intake, NotCreated, create_within};
pub use plan::{Confirmation, Ends, NewAttachment, NewKey, NewTicket, Origin};
