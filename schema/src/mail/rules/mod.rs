//! The pure rules of mail: no clock, no database, no network.
//!
//! | file | what it decides |
//! |---|---|
//! | `read` | raw bytes → [`Incoming`], or a named cause why not |
//! | `bounds` | whether a message is small and shallow enough to be parsed at all |
//! | `header`, `charset` | header lines and text in the charsets Turkish mail is written in |
//! | `parts`, `body` | the tree of parts → text and attachments; HTML → text |
//! | `people` | sender and recipients |
//! | `machine`, `bounce` | mail that no person wrote, and delivery reports |
//! | `identity` | when two messages are the same message |
//! | `reply` | which ticket a message answers: keyed token, `#N`, `SUP-…` |
//! | `address` | whose address it is, and values that are safe in a header |
//! | `template` | what a site's own mail template may contain |
//! | `priority` | how urgent the words sound |

pub mod address;
mod body;
mod bounce;
mod bounds;
mod charset;
mod header;
pub mod identity;
mod machine;
mod parts;
mod people;
pub mod priority;
pub mod read;
pub mod reply;
pub mod template;

pub use bounce::DeliveryReport;
pub use identity::{Identity, identity};
pub use machine::Machine;
pub use parts::Attachment;
pub use people::Person;
pub use read::{Incoming, Unreadable, read};

#[cfg(test)]
mod tests;
