//! Watching mailboxes.

use crate::{Job, MailboxId, Queue, SiteId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Stays connected to one mailbox: fetches what is new, then waits in IDLE for more.
///
/// The job's lease is the mailbox's lease: while it lives no second watcher can write that mailbox's cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    pub mailbox_id: MailboxId,
}

impl Watch {
    /// At most one unfinished watch per mailbox.
    #[must_use]
    pub fn key(&self) -> String {
        format!("mailbox.watch:{}", self.mailbox_id)
    }
}

impl Job for Watch {
    const KIND: &'static str = "mailbox.watch";
    const QUEUE: Queue = Queue::Mailbox;
    /// A server that is down for a week must not end the watching.
    const ATTEMPTS_MAX: i16 = i16::MAX;
    const TIMEOUT: Duration = Duration::from_secs(24 * 3600);
    const ABOUT: &'static str = "Keeps one mailbox connected, fetches new mail and waits for more.";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }

    fn backoff(attempt: i16) -> Duration {
        Duration::from_secs(u64::from(attempt.max(1).unsigned_abs()).min(60))
    }
}

/// Looks into one mailbox once, so that an admin sees whether its settings are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub mailbox_id: MailboxId,
}

impl Check {
    /// At most one unfinished check per mailbox.
    #[must_use]
    pub fn key(&self) -> String {
        format!("mailbox.check:{}", self.mailbox_id)
    }
}

impl Job for Check {
    const KIND: &'static str = "mailbox.check";
    const QUEUE: Queue = Queue::Mailbox;
    const ATTEMPTS_MAX: i16 = 2;
    const ABOUT: &'static str = "Connects to one mailbox once and notes how that went.";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}

/// Makes sure that every active mailbox has its watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    pub tick: DateTime<Utc>,
}

impl Job for Sweep {
    const KIND: &'static str = "mailbox.sweep";
    const QUEUE: Queue = Queue::Mailbox;
    const ABOUT: &'static str = "Starts the watch of every active mailbox that has none.";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
