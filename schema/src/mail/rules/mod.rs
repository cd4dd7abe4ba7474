//! The pure rules of mail: no clock, no database, no network.
//!
//! | file | what it decides |
//! |---|---|
//! | `read` | raw bytes → [`Incoming`], or a named cause why not |
//! | `bounds` | how much of a stranger's message is looked at |
//! | `header`, `charset` | header lines, and text in the charsets mail is written in |
//! | `mime`, `tnef` | the tree of parts → text and attachments; `winmail.dat` |
//! | `html` | HTML → text, and HTML cleaned for showing |
//! | `body`, `split` | one text; what of it is reply, quote and signature |
//! | `people` | sender and recipients |
//! | `machine`, `bounce` | mail that no person wrote: auto-replies, reports, receipts, complaints |
//! | `identity` | when two messages are the same message |
//! | `reply` | which ticket a message answers: keyed token, `#N`, `SUP-…` |
//! | `authenticity` | whether a sender's own domain disowns a mail |
//! | `address` | whose address it is, and values that are safe in a header |
//! | `template` | what a site's own mail template may contain |
//! | `priority` | how urgent the words sound |

pub mod address;
mod authenticity;
mod body;
mod bounce;
mod bounds;
mod charset;
mod header;
pub mod html;
pub mod identity;
mod machine;
mod mime;
mod people;
pub mod priority;
pub mod read;
pub mod reply;
mod split;
pub mod template;
mod tnef;

pub use bounce::{Action, DeliveryReport, FeedbackReport, ReadReceipt, Severity};
pub use bounds::Bounds;
pub use html::{Page, Shown, with_files, with_pictures};
pub use identity::{Identity, identity};
pub use machine::Machine;
pub use mime::Attachment;
pub use people::Person;
pub use read::{Incoming, Unreadable, read, read_owned, read_within};
pub use split::{Sections, split_html, split_reply};

#[cfg(test)]
mod tests;
