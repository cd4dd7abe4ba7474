//! What a job is: a payload with a name, a queue and bounds.
//!
//! ```text
//!   committed ──▶ ready ──▶ running ──▶ (row deleted: done)
//!                   ▲          │
//!                   └──────────┤ Retry, Snooze, or its worker died
//!                              └─▶ dead   Discard, or the attempts are used up; listed and re-queueable
//! ```

use crate::{JobId, Queue, SiteId};
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

/// A unit of work with a stable name and bounds.
///
/// Wire names are never Rust paths: rename through [`Job::ALIASES`] and drop the alias once no retry can
/// still carry it. Fields are only ever added, with a default.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The wire name.
    const KIND: &'static str;
    /// Former wire names that may still stand in ledgers.
    const ALIASES: &'static [&'static str] = &[];
    /// The pool that runs it.
    const QUEUE: Queue;
    /// After how many started attempts the job is dead.
    const ATTEMPTS_MAX: i16 = 5;
    /// How long one attempt may take.
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// What it does, in one sentence, for `workers list`.
    const ABOUT: &'static str;

    /// The tenant it acts for; [`SiteId::SYSTEM`] for none.
    fn site(&self) -> SiteId;

    /// How long to wait after the given attempt (from 1) has failed: 1 s, 4 s, 9 s, … at most 10 minutes.
    #[must_use]
    fn backoff(attempt: i16) -> Duration {
        let attempt = u64::from(attempt.max(1).unsigned_abs());
        Duration::from_secs((attempt * attempt).min(600))
    }
}

/// A job about to be written to the ledger, in the transaction of its cause.
#[derive(Clone, Debug, Serialize)]
pub struct NewJob {
    pub id: JobId,
    pub kind: &'static str,
    pub queue: Queue,
    pub site_id: SiteId,
    pub payload: Value,
    /// When it may start; none means as soon as its cause is committed.
    pub run_at: Option<DateTime<Utc>>,
    /// While a job with the same key is unfinished, this one is not written.
    pub dedupe_key: Option<String>,
    pub attempts_max: i16,
    /// The request that caused it, for following one event through the logs.
    pub trace_id: Option<String>,
}

impl NewJob {
    /// The job as it will stand in the ledger, due at once.
    #[must_use]
    pub fn of<J: Job>(job: &J) -> Self {
        Self {
            id: JobId::fresh(),
            kind: J::KIND,
            queue: J::QUEUE,
            site_id: job.site(),
            payload: serde_json::to_value(job).expect("payloads are plain structs of ids and strings"),
            run_at: None,
            dedupe_key: None,
            attempts_max: J::ATTEMPTS_MAX,
            trace_id: None,
        }
    }

    /// Not before `run_at`.
    #[must_use]
    pub fn at(self, run_at: DateTime<Utc>) -> Self {
        Self { run_at: Some(run_at), ..self }
    }

    /// Only if no unfinished job carries this key.
    #[must_use]
    pub fn unless_pending(self, key: String) -> Self {
        Self { dedupe_key: Some(key), ..self }
    }

    /// Caused by the request of this id.
    #[must_use]
    pub fn traced(self, trace_id: Option<String>) -> Self {
        Self { trace_id, ..self }
    }
}
