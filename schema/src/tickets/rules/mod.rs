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
//!
//! [`Status`] are the six statuses every site has; a site may add its own, so everything that acts goes by a
//! [`Standing`]: the status's key and its [`Kind`].

mod form_status;
mod kind;
mod lock;
mod numbering;
mod placeholders;
mod priority;
mod rank;
mod reopening;
pub mod search;
mod source;
mod stamps;
mod standing;
mod status;
#[cfg(test)]
mod tests;
mod transitions;

pub use form_status::{FormRoute, FormStatus, form_route};
pub use kind::Kind;
pub use lock::{LOCK_LASTS, lock_expires};
pub use numbering::{NotAReference, Reference, number_text, numbering_year, parse_reference, reference};
pub use placeholders::{Facts, fill};
pub use priority::Priority;
pub use rank::{Rank, Slot};
pub use reopening::{REOPENS_FOR, ReplyEffect, autoclose_at, closes_by_itself, reply_effect};
pub use source::Source;
pub use stamps::{Stamps, stamped};
pub use standing::{STATUS_KEY_CHARS_MAX, Standing, StatusKey};
pub use status::Status;
pub use transitions::{ForbiddenTransition, TRANSITIONS, check_transition, mails_customer, shortest_path};
