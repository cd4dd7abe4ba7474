//! Closing what has been resolved for 48 hours.

use crate::{Job, Queue, SiteId, TicketId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Closes one ticket if it is still resolved since the same instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    pub site_id: SiteId,
    pub ticket_id: TicketId,
}

impl Job for Close {
    const KIND: &'static str = "ticket.autoclose";
    const QUEUE: Queue = Queue::Autoclose;
    const ABOUT: &'static str = "Closes a ticket 48 hours after it was resolved.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}

/// The safety net: every ticket resolved for 48 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    pub tick: DateTime<Utc>,
}

impl Job for Sweep {
    const KIND: &'static str = "autoclose.sweep";
    const QUEUE: Queue = Queue::Autoclose;
    const ABOUT: &'static str = "Closes every ticket resolved for 48 hours (every 30 minutes).";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
