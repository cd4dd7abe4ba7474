//! The three kinds of work a drain is made of, and writing many of them to the ledger.

use super::kinds::{BenchLong, BenchShort, traced};
use crate::bench::Bench;
use crate::process::Process;
use crate::stage::Stage;
use jobs::{Job, NewJob, Queue, SiteId};
use std::time::Duration;

/// Jobs per statement when a backlog is written.
const CHUNK: i64 = 5000;
/// Longer than a job counts as handed over: then the relay takes it up at once.
const SETTLED: Duration = Duration::from_millis(700);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Short,
    /// A long no-op that only says done.
    Long,
    /// A long no-op that writes its effect in a fenced transaction.
    Fenced,
}

impl Work {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Work::Short => "short",
            Work::Long => "long",
            Work::Fenced => "long_fenced",
        }
    }

    #[must_use]
    pub const fn queue(self) -> Queue {
        match self {
            Work::Short => BenchShort::QUEUE,
            Work::Long | Work::Fenced => BenchLong::QUEUE,
        }
    }

    #[must_use]
    pub fn job(self, site_id: SiteId, n: i64) -> NewJob {
        match self {
            Work::Short => traced(&BenchShort { site_id, n }),
            Work::Long => traced(&BenchLong { site_id, n, fenced: false }),
            Work::Fenced => traced(&BenchLong { site_id, n, fenced: true }),
        }
    }

    /// Starts a worker of this work's queue.
    ///
    /// # Errors
    /// It does not start.
    pub fn worker(self, bench: &Bench, stage: &Stage) -> anyhow::Result<Process> {
        bench.spawn(stage, "bench", &["worker", self.queue().name()])
    }
}

/// Writes jobs numbered from 0 while nobody works, and lets them settle: only the relay knows of them.
///
/// # Errors
/// The database is away.
pub async fn write_backlog(stage: &Stage, jobs: i64, job: impl Fn(i64) -> NewJob) -> anyhow::Result<()> {
    let ledger = stage.ledger().await?;
    for first in (0..jobs).step_by(CHUNK as usize) {
        let chunk: Vec<NewJob> = (first..jobs.min(first + CHUNK)).map(&job).collect();
        ledger.record(&chunk).await?;
    }
    tokio::time::sleep(SETTLED).await;
    Ok(())
}
