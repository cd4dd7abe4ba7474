//! Housekeeping.

use crate::{Job, Queue, SiteId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Removes what has expired: idempotency keys, clock ticks, sessions and their tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tidy {
    pub tick: DateTime<Utc>,
}

impl Job for Tidy {
    const KIND: &'static str = "upkeep.tidy";
    const QUEUE: Queue = Queue::Autoclose;
    const ABOUT: &'static str =
        "Removes expired idempotency keys, clock ticks, sessions and tokens (hourly).";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}

/// Removes stored files that no row names: what killed processes and deleted sites left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepFiles {
    pub tick: DateTime<Utc>,
}

impl Job for SweepFiles {
    const KIND: &'static str = "upkeep.files";
    /// The pool that works with stored files anyway.
    const QUEUE: Queue = Queue::MailIn;
    const TIMEOUT: Duration = Duration::from_secs(600);
    const ABOUT: &'static str = "Removes stored files that no row has named for a day (daily).";

    fn site(&self) -> SiteId {
        SiteId::SYSTEM
    }
}
