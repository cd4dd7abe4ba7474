//! Outgoing mail.

use crate::{Job, OutboundId, Queue, SiteId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Sends one row of the outbound ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    pub site_id: SiteId,
    pub outbound_id: OutboundId,
}

impl Job for Deliver {
    const KIND: &'static str = "mail.deliver";
    const QUEUE: Queue = Queue::Notices;
    /// The first try and the four waits of B10-61, then parked as failed.
    const ATTEMPTS_MAX: i16 = 5;
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
