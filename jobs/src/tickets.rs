//! Making tickets findable by their words.

use crate::{Job, Queue, SiteId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Indexes the next tickets of a site for searching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    pub site_id: SiteId,
}

impl Index {
    /// One at a time per site.
    #[must_use]
    pub fn key(site: SiteId) -> String {
        format!("tickets.index:{site}")
    }
}

impl Job for Index {
    const KIND: &'static str = "tickets.index";
    const QUEUE: Queue = Queue::Autoclose;
    const ABOUT: &'static str = "Indexes the next tickets of one site for searching.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}

/// Finds the sites whose index is behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSweep {
    pub tick: DateTime<Utc>,
}

impl Job for IndexSweep {
    const KIND: &'static str = "tickets.index-sweep";
    const QUEUE: Queue = Queue::Autoclose;
    const ABOUT: &'static str = "Has new tickets indexed for searching (every minute).";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
