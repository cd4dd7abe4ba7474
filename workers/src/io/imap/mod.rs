//! Reading a mailbox over IMAP.
//!
//! The mailbox is a queue that others own: it is opened read-only, flags are left as they are found, and what
//! was read is remembered by (UIDVALIDITY, UID) outside. Nothing is decided here; raw messages come out.
//!
//! ```text
//! let mut mailbox = imap::connect(&account).await?;
//! let folder = mailbox.examine("INBOX").await?;
//! let plan = Plan::of(mailbox.list_after(last_uid).await?);
//! for batch in &plan.batches {
//!     for (uid, raw) in mailbox.fetch(batch).await? { … }
//! }
//! mailbox.idle_until_news(Duration::from_secs(600)).await?;
//! ```
//!
//! Every step has a time-out, and no server can make us hold more than a bounded number of bytes. After any
//! error the mailbox is to be dropped: its conversation may be cut in the middle.

mod connect;
mod error;
mod guard;
mod idle;
mod mailbox;
mod plan;

use std::time::Duration;

use schema::net::Reach;
use secrecy::SecretString;

pub use connect::connect;
pub(super) use connect::connector;
pub use error::ImapError;
pub use idle::News;
pub use mailbox::{Folder, Mailbox, RawMail};
pub use plan::{Listed, Plan};

/// Bytes of one message; larger ones are named, never fetched. What can be read can be fetched.
pub const SIZE_BYTES_MAX: u32 = schema::mail::rules::read::SIZE_BYTES_MAX as u32;

/// A mailbox and how to reach it.
#[derive(Clone, Debug)]
pub struct Account {
    pub host: String,
    pub port: u16,
    pub tls: ImapTls,
    pub user: String,
    pub log_in: LogIn,
    /// PEM certificates that are trusted beside the system's.
    pub extra_ca: Option<Vec<u8>>,
    pub timeouts: ImapTimeouts,
    /// Where the server may stand.
    pub reach: Reach,
}

/// What proves that the mailbox may be read.
#[derive(Clone, Debug)]
pub enum LogIn {
    Password(SecretString),
    /// An access token, as Google and Microsoft want it (XOAUTH2).
    Token(SecretString),
}

/// How the connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImapTls {
    None,
    /// Begins in the open and must be upgraded (port 143).
    StartTls,
    /// From the first byte (port 993).
    Tls,
}

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct ImapTimeouts {
    /// Connection, TLS, greeting and log-in, each.
    pub connect: Duration,
    /// One command with its whole answer.
    pub command: Duration,
    /// One batch of messages with all its bytes.
    pub fetch: Duration,
    /// How often a server without IDLE is asked for news.
    pub poll: Duration,
}

impl Default for ImapTimeouts {
    fn default() -> ImapTimeouts {
        let seconds = Duration::from_secs;
        ImapTimeouts { connect: seconds(15), command: seconds(60), fetch: seconds(300), poll: seconds(30) }
    }
}
