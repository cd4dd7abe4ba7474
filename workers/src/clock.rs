//! The clock only enqueues: one row per line of the timetable and tick, however many clocks run.

use crate::timetable::{Line, TIMETABLE};
use anyhow::Context;
use chrono::Utc;
use schema::ledger::Ledger;
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;

/// Enqueues until `stop`. Whatever tick was missed while no clock ran is made up once, at the start.
///
/// # Errors
/// The timetable cannot be read: a mistake in it, found by its test.
pub async fn run(ledger: Ledger, stop: CancellationToken) -> anyhow::Result<()> {
    let mut scheduler = JobScheduler::new().await.context("the scheduler")?;
    for line in TIMETABLE {
        take(&ledger, line).await;
        let ledger = ledger.clone();
        let job = Job::new_async(line.cron, move |_, _| {
            let ledger = ledger.clone();
            Box::pin(async move { take(&ledger, line).await })
        });
        scheduler.add(job.with_context(|| line.kind)?).await?;
    }
    scheduler.start().await?;
    tracing::info!(lines = TIMETABLE.len(), "the clock runs");
    stop.cancelled().await;
    scheduler.shutdown().await.context("the scheduler")
}

/// Enqueues the current tick unless somebody has.
async fn take(ledger: &Ledger, line: &Line) {
    let tick = line.tick_at(Utc::now());
    match ledger.tick(line.kind, tick, (line.job)(tick)).await {
        Ok(true) => tracing::debug!(kind = line.kind, %tick, "enqueued"),
        Ok(false) => {}
        // The next tick, or another clock, makes up for it.
        Err(error) => tracing::warn!(%error, kind = line.kind, %tick, "the tick could not be enqueued"),
    }
}
