//! Tickets as people read them: the card of a list or board, the whole record, and everything that hangs on it.

mod card;
mod detail;
mod parts;
mod replies;

pub(crate) use card::{CARD, JOINS};
pub use card::{Card, Record, record};
pub use detail::{Detail, Reader, find_detail, is_readable};
pub use parts::{Attachment, Link, LinkKind};
pub use replies::{REPLIES_MAX, RepliesPage, Reply, find_replies};
