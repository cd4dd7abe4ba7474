//! Q7: from the start of a worker process to the start of its first job, which waits for it on the wire.

use super::work::Work;
use super::{Suite, effects};
use crate::report::Row;
use crate::stage::Stage;
use chrono::Utc;
use jobs::SiteId;
use schema::pool::Scope;
use std::time::Duration;

/// Starts per round; a round gives their median.
const STARTS: i64 = 7;

/// # Errors
/// A worker did not start.
pub async fn run(suite: &Suite<'_>) -> anyhow::Result<()> {
    let mut medians = Vec::new();
    for _ in 0..suite.bench.rounds {
        let stage = suite.bench.stage(suite.transport).await?;
        let mut waits = Vec::new();
        for n in 0..STARTS {
            waits.push(start(suite, &stage, n).await?);
        }
        stage.close().await?;
        medians.push(crate::stats::median(&waits));
    }
    let row = Row::new("Q7", "worker_start_to_first_job", "ms").with("starts", STARTS);
    suite.report.say(row.against(100.0, 40.0), &medians);
    Ok(())
}

async fn start(suite: &Suite<'_>, stage: &Stage, n: i64) -> anyhow::Result<f64> {
    let (db, mut owner) = (stage.wired(1).await?, stage.database.owner().await?);
    let site = SiteId::fresh();
    let mut tx = db.begin(Scope::Site(site)).await?;
    tx.enqueue(Work::Short.job(site, n));
    tx.commit().await?;
    let wire = stage.wire()?;
    while wire.depth(Work::Short.queue()).await? == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let began = Utc::now();
    let worker = Work::Short.worker(suite.bench, stage)?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let effect = effects::of(&mut owner, n).await?;
    anyhow::ensure!(effect.pid.unsigned_abs() == worker.pid, "another process did job {}", effect.n);
    worker.stop().await;
    Ok((effect.started_at - began).as_seconds_f64() * 1000.0)
}
