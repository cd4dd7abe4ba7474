//! Mail as a matter of rules: what a raw message says, whose reply it is and how urgent it sounds.
//!
//! Reading the mailbox and handing mail to a server belong to the workers (`workers/src/io`); here raw bytes
//! come in and plain values go out. A mail is never trusted: it is bounded before it is parsed, its bytes are
//! kept whatever happens, and what cannot be read says why ([`rules::Unreadable`]).

pub mod account;
pub mod dead;
pub mod delivery;
pub mod dkim;
pub mod inbound;
pub mod mailboxes;
pub mod outbound;
pub mod outbox;
pub mod parked;
pub mod rules;
pub mod settings;
pub mod site_templates;
pub mod templates;
pub mod threads;

pub use outbound::{NewMail, Template};
