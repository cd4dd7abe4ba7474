//! The rules of tickets: words, numbers, and what may follow what.
//!
//! ```text
//!            ┌──────────────── new ───────────┐
//!            ▼                  ▼             ▼
//!   ┌────▶ open ◀──────────▶ pending ──┐    closed ◀── open, resolved
//!   │       │ ▲ ◀─────────┐            │
//!   │       │ └ waiting_reply ─────────┤
//!   │       ▼                          ▼
//!   └──── resolved ◀───────────────────┘
//! ```
//!
//! [`check_transition`] guards every change, [`form_route`] lets the support form's callers, who know four
//! words and no table, arrive where they want; [`reply_effect`] and [`autoclose_at`] are the 48 hours after
//! a solution; [`stamped`] keeps the timestamps; [`Reference`] and [`numbering_year`] number.

mod form_status;
mod numbering;
mod priority;
mod reopening;
mod source;
mod stamps;
mod status;
#[cfg(test)]
mod tests;
mod transitions;

pub use form_status::{FormRoute, FormStatus, form_route};
pub use numbering::{NotAReference, Reference, number_text, numbering_year, parse_reference, reference};
pub use priority::Priority;
pub use reopening::{REOPENS_FOR, ReplyEffect, autoclose_at, closes_by_itself, reply_effect};
pub use source::Source;
pub use stamps::{Stamps, stamped};
pub use status::Status;
pub use transitions::{ForbiddenTransition, TRANSITIONS, check_transition, mails_customer, shortest_path};
