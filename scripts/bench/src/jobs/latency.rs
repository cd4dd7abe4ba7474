//! Q3: how long after its commit a job starts when nothing else is going on.
//!
//! One job at a time, committed and handed over as the edge does it; the wait between two is drawn anew each time,
//! so that it falls in step with no interval. Both instants come from the one clock of this machine.

use super::work::Work;
use super::{Suite, effects};
use crate::pause;
use crate::report::Row;
use crate::stage::Stage;
use crate::stats::quantile;
use chrono::{DateTime, Utc};
use jobs::SiteId;
use schema::pool::{Db, Scope};

/// Not measured: connections open and statements are prepared during these.
const WARM_UP: i64 = 30;

/// # Errors
/// A job did not run.
pub async fn run(suite: &Suite<'_>) -> anyhow::Result<()> {
    for work in [Work::Short, Work::Long] {
        let (mut halves, mut tails) = (Vec::new(), Vec::new());
        for _ in 0..suite.bench.rounds {
            let waits = round(suite, work).await?;
            halves.push(quantile(&waits, 0.5));
            tails.push(quantile(&waits, 0.99));
        }
        let row = |half: &str| {
            let metric = format!("idle_start_{}_{half}", work.name());
            Row::new("Q3", metric, "ms").with("samples", suite.options.samples)
        };
        suite.report.say(row("p50").against(2.0, 0.8), &halves);
        suite.report.say(row("p99").against(5.0, 2.5), &tails);
    }
    Ok(())
}

/// Milliseconds from commit to start, of each sample.
async fn round(suite: &Suite<'_>, work: Work) -> anyhow::Result<Vec<f64>> {
    let stage = suite.bench.stage(suite.transport).await?;
    let relay = suite.bench.spawn(&stage, "workers", &["relay"])?;
    let worker = work.worker(suite.bench, &stage)?;
    let waits = samples(&stage, work, i64::from(suite.options.samples)).await;
    worker.stop().await;
    relay.stop().await;
    stage.close().await?;
    waits
}

async fn samples(stage: &Stage, work: Work, samples: i64) -> anyhow::Result<Vec<f64>> {
    let (db, mut owner) = (stage.wired(2).await?, stage.database.owner().await?);
    let site = SiteId::fresh();
    let mut waits = Vec::new();
    for n in 0..WARM_UP + samples {
        let committed = commit(&db, site, work, n).await?;
        // Nothing of ours runs while the job does; then it is looked for.
        pause::between(8, 16).await;
        let effect = effects::of(&mut owner, n).await?;
        if n >= WARM_UP {
            waits.push((effect.started_at - committed).as_seconds_f64() * 1000.0);
        }
    }
    Ok(waits)
}

async fn commit(db: &Db, site: SiteId, work: Work, n: i64) -> anyhow::Result<DateTime<Utc>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    tx.enqueue(work.job(site, n));
    tx.commit().await?;
    Ok(Utc::now())
}
