//! Which handler runs which kind of job.

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome, Short};
use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, FutureExt};
use jobs::{Job, Queue};
use schema::ledger::Verdict;
use schema::pool::Tx;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

type RunMany =
    for<'a> fn(Vec<Value>, &'a mut Tx, &'a Env, DateTime<Utc>) -> BoxFuture<'a, anyhow::Result<Vec<Verdict>>>;
type RunLong = for<'a> fn(Value, &'a Attempt, &'a Env) -> BoxFuture<'a, Outcome>;

/// How a kind's jobs are run.
#[derive(Clone, Copy)]
pub enum Work {
    Short { readable: fn(&Value) -> Result<(), String>, run: RunMany },
    Long(RunLong),
}

/// One kind of job: its bounds and its handler.
#[derive(Clone, Copy)]
pub struct Entry {
    pub kind: &'static str,
    pub aliases: &'static [&'static str],
    pub queue: Queue,
    pub about: &'static str,
    pub attempts_max: i16,
    pub timeout: Duration,
    pub backoff: fn(i16) -> Duration,
    pub work: Work,
}

/// The table of kinds; cheap to clone.
#[derive(Clone, Default)]
pub struct Registry {
    entries: Arc<Vec<Entry>>,
    by_kind: Arc<HashMap<&'static str, usize>>,
}

impl Registry {
    /// # Panics
    /// When two entries share a name: a mistake in the table, found by its test.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let mut by_kind = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            for name in entry.aliases.iter().chain([&entry.kind]) {
                assert!(by_kind.insert(*name, place).is_none(), "two kinds of job are named {name}");
            }
        }
        Self { entries: Arc::new(entries), by_kind: Arc::new(by_kind) }
    }

    #[must_use]
    pub fn find(&self, kind: &str) -> Option<&Entry> {
        self.by_kind.get(kind).map(|place| &self.entries[*place])
    }

    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether every kind of a queue is short, so that its jobs may share transactions.
    #[must_use]
    pub fn is_short(&self, queue: Queue) -> bool {
        let mut kinds = self.entries.iter().filter(|entry| entry.queue == queue);
        kinds.all(|entry| matches!(entry.work, Work::Short { .. }))
    }
}

/// The line of a [`Short`] handler.
#[must_use]
pub fn short<J: Short + Clone>() -> Entry {
    entry::<J>(Work::Short { readable: |payload| read::<J>(payload.clone()).map(|_| ()), run: run_many::<J> })
}

/// The line of a [`Long`] handler.
#[must_use]
pub fn long<J: Long>() -> Entry {
    entry::<J>(Work::Long(run_long::<J>))
}

fn entry<J: Job>(work: Work) -> Entry {
    Entry {
        kind: J::KIND,
        aliases: J::ALIASES,
        queue: J::QUEUE,
        about: J::ABOUT,
        attempts_max: J::ATTEMPTS_MAX,
        timeout: J::TIMEOUT,
        backoff: J::backoff,
        work,
    }
}

fn read<J: Job>(payload: Value) -> Result<J, String> {
    serde_json::from_value(payload)
        .map_err(|error| format!("the payload of {} cannot be read: {error}", J::KIND))
}

fn run_many<'a, J: Short>(
    payloads: Vec<Value>,
    tx: &'a mut Tx,
    env: &'a Env,
    now: DateTime<Utc>,
) -> BoxFuture<'a, anyhow::Result<Vec<Verdict>>> {
    async move {
        let jobs: Result<Vec<J>, String> = payloads.into_iter().map(read).collect();
        J::run_many(&jobs.map_err(anyhow::Error::msg)?, tx, env, now).await
    }
    .boxed()
}

fn run_long<'a, J: Long>(payload: Value, attempt: &'a Attempt, env: &'a Env) -> BoxFuture<'a, Outcome> {
    async move {
        match read::<J>(payload) {
            Ok(job) => job.run(attempt, env).await,
            Err(error) => Ok(Verdict::Discard(error)),
        }
    }
    .boxed()
}
