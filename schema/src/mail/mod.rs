//! Mail as a matter of rules: what a raw message says, whose reply it is and how urgent it sounds.
//!
//! Reading the mailbox and handing mail to a server belong to the workers (`workers/src/io`); here raw bytes
//! come in and plain values go out. A mail is never trusted: it is bounded before it is parsed, its bytes are
//! kept whatever happens, and what cannot be read says why ([`rules::Unreadable`]).

pub mod account;
pub mod bodies;
pub mod dead;
pub mod delivery;
pub mod dkim;
pub mod inbound;
pub mod mailboxes;
pub mod outbound;
pub mod outbox;
pub mod parked;
pub mod quarantine;
pub mod rules;
pub mod settings;
pub mod site_templates;
pub mod templates;
pub mod threads;

pub use outbound::{NewMail, Template};

use crate::seal::Seal;
use rules::reply::TokenKey;

/// The key of the tokens by which customers' answers find their ticket: they name site and ticket.
#[must_use]
pub fn ticket_tokens(seal: &Seal) -> TokenKey {
    TokenKey::new(seal.token_secret())
}

/// The key of the tokens that prove an agent's hand: they name user and ticket, and stand only in what is given to
/// that user. Customers' mails carry the other kind, so that nobody becomes an agent by writing his address.
#[must_use]
pub fn agent_tokens(seal: &Seal) -> TokenKey {
    TokenKey::new(&[seal.token_secret(), b"/agent"].concat())
}
