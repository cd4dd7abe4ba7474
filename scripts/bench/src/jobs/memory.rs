//! Q8: the memory of the product's own `workers sla`, idle and while it works off a backlog.
//!
//! The backlog is of real jobs about tickets that do not exist: each is read, finds nothing to do and is done.

use super::Suite;
use super::work::write_backlog;
use crate::cpu::pss_bytes;
use crate::process::Process;
use crate::report::Row;
use crate::stage::Stage;
use anyhow::ensure;
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{NewJob, Queue, SiteId, TicketId, sla};
use schema::sql::sql;
use std::time::{Duration, Instant};

pub const MB: f64 = 1_000_000.0;
const IDLE: Duration = Duration::from_secs(2);
const SAMPLE: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// # Errors
/// The worker ended, or left jobs.
pub async fn run(suite: &Suite<'_>) -> anyhow::Result<()> {
    let (mut idle, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..suite.bench.rounds {
        let stage = suite.bench.stage(suite.transport).await?;
        let mut worker = suite.bench.spawn(&stage, "workers", &[Queue::Sla.name()])?;
        tokio::time::sleep(IDLE).await;
        worker.must_live()?;
        idle.push(pss_bytes(worker.pid)? / MB);
        busy.push(backlog(suite, &stage, &mut worker).await? / MB);
        worker.stop().await;
        stage.close().await?;
    }
    let row = |metric: &str| Row::new("Q8", metric, "MB").with("program", "workers sla");
    suite.report.say(row("pss_worker_idle"), &idle);
    let row = row("pss_worker_backlog_max").with("jobs", suite.options.jobs);
    suite.report.say(row.against(30.0, 16.0), &busy);
    Ok(())
}

/// The largest size seen while the backlog shrinks.
async fn backlog(suite: &Suite<'_>, stage: &Stage, worker: &mut Process) -> anyhow::Result<f64> {
    let site_id = SiteId::fresh();
    let job = |_| NewJob::of(&sla::Watch { site_id, ticket_id: TicketId::fresh() });
    write_backlog(stage, i64::from(suite.options.jobs), job).await?;
    let relay = suite.bench.spawn(stage, "workers", &["relay"])?;
    let mut owner = stage.database.owner().await?;
    let (mut most, since) = (0.0_f64, Instant::now());
    while left(&mut owner).await? > 0 {
        worker.must_live()?;
        ensure!(since.elapsed() < PATIENCE, "the backlog is not done after {PATIENCE:?}");
        most = most.max(pss_bytes(worker.pid)?);
        tokio::time::sleep(SAMPLE).await;
    }
    relay.stop().await;
    Ok(most.max(pss_bytes(worker.pid)?))
}

async fn left(owner: &mut AsyncPgConnection) -> anyhow::Result<i64> {
    let row: Count = sql("select count(*) from (select from jobs where state <> 'dead' limit 1) as first")
        .get_result(owner)
        .await?;
    Ok(row.count)
}
