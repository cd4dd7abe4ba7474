//! The queues, which are also the worker pools: a process serves one or more of them, and each scales alone.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! queues {
    ($($variant:ident $name:literal $window:literal $concurrency:literal $about:literal;)+) => {
        /// A pool of workers and the line of jobs it serves.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Queue {
            $(#[doc = $about] #[serde(rename = $name)] $variant,)+
        }

        impl Queue {
            /// Every queue, in the order of the process table.
            pub const ALL: &'static [Queue] = &[$(Queue::$variant,)+];

            /// The name on the wire, in the Procfile and in metrics.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Queue::$variant => $name,)+ }
            }

            /// How many job ids may wait in Redis at once; the rest of the backlog stays in Postgres.
            ///
            /// Small where jobs are slow, so that one tenant's flood cannot stand in front of everyone.
            #[must_use]
            pub const fn window(self) -> usize {
                match self { $(Queue::$variant => $window,)+ }
            }

            /// How many jobs one process runs at the same time. Large where jobs work in company: the more of them share
            /// a transaction, the less each costs.
            #[must_use]
            pub const fn concurrency(self) -> usize {
                match self { $(Queue::$variant => $concurrency,)+ }
            }

            /// What its workers do, in one sentence.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Queue::$variant => $about,)+ }
            }
        }
    };
}

queues! {
    Mailbox "mailbox" 512 512 "Watches mailboxes over IMAP (IDLE and poll) and stores each new mail raw.";
    MailIn "mail-in" 1000 64 "Turns a stored mail into a ticket or a reply, or quarantines it with its cause.";
    Notices "notices" 64 32 "Sends mail over SMTP from the outbound ledger.";
    Sla "sla" 1000 512 "Warns of deadlines and marks breaches, each exactly once.";
    Autoclose "autoclose" 1000 128 "Closes tickets resolved for 48 hours and tidies what has expired.";
    Routing "routing" 1000 512 "Gives new tickets to the least busy agent of their site.";
    Forms "forms" 1000 64 "Turns submitted forms into tickets.";
    Maintenance "maintenance" 64 2 "Takes away what belonged to deleted sites.";
}

impl fmt::Display for Queue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// The name is not that of a queue.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownQueue(pub String);

impl fmt::Display for UnknownQueue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "there is no queue named {:?}", self.0)
    }
}

impl std::error::Error for UnknownQueue {}

impl FromStr for Queue {
    type Err = UnknownQueue;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Queue::ALL.iter().copied().find(|q| q.name() == name).ok_or_else(|| UnknownQueue(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_is_found_by_its_name_and_no_two_share_one() {
        for queue in Queue::ALL {
            assert_eq!(queue.name().parse(), Ok(*queue));
        }
        assert!("posta".parse::<Queue>().is_err());
    }
}
