//! Typed identifiers, so that a ticket's id cannot be passed where a site's is meant.
//!
//! On the wire and in the database each is a plain UUID. New ones are version 7: they sort by time of
//! creation, which keeps index inserts at the right edge of their tree.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new, time-ordered id.
            #[must_use]
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
    )+};
}

ids! {
    /// A tenant. The nil id stands for the system itself, in jobs that belong to no tenant.
    SiteId;
    /// A person who can log in: agent, admin, super admin, customer.
    UserId;
    /// A ticket.
    TicketId;
    /// A job's row in the ledger.
    JobId;
    /// A mailbox that is read over IMAP.
    MailboxId;
    /// A received mail, stored raw.
    MailId;
    /// A mail to be sent.
    OutboundId;
    /// A form's definition.
    FormId;
    /// One filled-in form.
    SubmissionId;
}

impl SiteId {
    /// The scope of jobs that belong to no single tenant.
    pub const SYSTEM: SiteId = SiteId(Uuid::nil());
}
