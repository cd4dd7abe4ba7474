//! Deadlines.

use crate::{Job, Queue, SiteId, TicketId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Looks at one ticket's deadline at the instant it matters: 15 minutes before it, then at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    pub site_id: SiteId,
    pub ticket_id: TicketId,
}

impl Watch {
    /// One pending watch per ticket; a new due date moves it.
    #[must_use]
    pub fn key(ticket_id: TicketId) -> String {
        format!("sla.watch:{ticket_id}")
    }
}

impl Job for Watch {
    const KIND: &'static str = "sla.watch";
    const QUEUE: Queue = Queue::Sla;
    const ABOUT: &'static str = "Warns 15 minutes before a ticket's deadline and marks its breach.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}

/// The safety net: every ticket whose warning or breach was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    pub tick: DateTime<Utc>,
}

impl Job for Sweep {
    const KIND: &'static str = "sla.sweep";
    const QUEUE: Queue = Queue::Sla;
    const ABOUT: &'static str = "Finds deadlines whose warning or breach was missed (every 5 minutes).";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
