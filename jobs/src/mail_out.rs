//! Outgoing mail.

use crate::{Job, OutboundId, Queue, SiteId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tries that may fail before a mail is parked (B10-61).
pub const FAILURES_MAX: i32 = 5;

/// Sends one row of the outbound ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    pub site_id: SiteId,
    pub outbound_id: OutboundId,
}

impl Job for Deliver {
    const KIND: &'static str = "mail.deliver";
    const QUEUE: Queue = Queue::Notices;
    /// More than the tries of B10-61, which the ledger of mails counts: a worker that was killed in the middle of one is
    /// nobody's refusal. A mail that kills its workers ends here.
    const ATTEMPTS_MAX: i16 = 20;
    /// RFC 5321 grants the server ten minutes to answer the end of DATA.
    const TIMEOUT: Duration = Duration::from_secs(15 * 60);
    const ABOUT: &'static str = "Sends one mail of the outbound ledger over SMTP.";

    fn site(&self) -> SiteId {
        self.site_id
    }

    /// 1, 5, 15, 60 minutes (B10-61).
    fn backoff(attempt: i16) -> Duration {
        let minutes = match attempt {
            ..=1 => 1,
            2 => 5,
            3 => 15,
            _ => 60,
        };
        Duration::from_secs(minutes * 60)
    }
}
