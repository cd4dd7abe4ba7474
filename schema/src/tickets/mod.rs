//! Tickets: a customer's request from its first word to its closing.
//!
//! A ticket has a number and a reference, a status that moves along its site's table, a priority that decides
//! how soon an answer is owed, and replies. What may happen to it is decided in [`rules`]; due dates are
//! reckoned in `sla`, the choice of an agent in `routing`.

pub mod autoclose;
pub mod board;
pub mod categories;
pub mod list;
pub mod locks;
pub mod merge;
pub mod reads;
pub mod rules;
pub mod search;
pub mod staff;
pub mod status;
pub mod statuses;
pub mod support_form;
pub mod tags;
pub mod templates;
pub mod view;

mod assign;
mod delete;
mod edit;
mod follow_up;
mod hand;
mod intake;
mod moves;
mod plan;
mod reply;
mod status_row;

pub use assign::assign;
pub use delete::delete;
pub use edit::{Changes, edit};
pub use follow_up::{FollowUp, follow_up};
pub use hand::{Conflict, Hand, Refused, What};
pub use intake::{Created, Intake, NotCreated, create_within};
pub use moves::move_to;
pub use plan::{Confirmation, Ends, NewAttachment, NewKey, NewTicket, Origin};
pub use reply::{Heard, Hearing, Said, customer_reply, receive, reply, reply_within, write as write_reply};
