//! Incoming mail.

use crate::{Job, MailId, Queue, SiteId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Reads one stored mail and gives it its outcome: ticket, reply, note or quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    pub mail_id: MailId,
}

impl Job for Read {
    const KIND: &'static str = "mail.read";
    const QUEUE: Queue = Queue::MailIn;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const ABOUT: &'static str = "Turns one stored mail into a ticket or a reply, or quarantines it.";

    /// Which site a mail belongs to is known only once it has been read.
    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
