//! Housekeeping.

use crate::{Job, Queue, SiteId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
