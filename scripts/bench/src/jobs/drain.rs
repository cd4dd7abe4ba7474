//! Q1, Q4 and Q5: a backlog is worked off by one worker process and one relay.
//!
//! The jobs are written first, while nobody works. The rate counts from the first handler's start to the last
//! effect; the CPU time counts everything from the start of the two processes until the ledger is empty.

use super::work::{Work, write_backlog};
use super::{Suite, effects};
use crate::report::Row;
use crate::settings::Part;
use crate::stage::Stage;
use jobs::SiteId;
use redis::aio::MultiplexedConnection;
use serde_json::Value;
use std::time::Duration;

/// Between two looks whether all is done; each is one cheap statement.
const LOOK: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(180);

/// One drain.
struct Drained {
    rate: f64,
    cpu_us: f64,
    parts: Value,
}

/// # Errors
/// A job was lost or done twice, or a program ended.
pub async fn run(suite: &Suite<'_>) -> anyhow::Result<()> {
    let always = suite.options.wants(Part::Always);
    for work in [Work::Short, Work::Long, Work::Fenced] {
        if !suite.options.wants(Part::Drain) && work != Work::Short {
            continue;
        }
        let (mut plain, mut synced) = (Vec::new(), Vec::new());
        for _ in 0..suite.bench.rounds {
            plain.push(round(suite, work, "everysec").await?);
            // In turns, so that a busy minute of the machine strikes both.
            if always && work == Work::Short {
                synced.push(round(suite, work, "always").await?);
            }
        }
        tell(suite, work, "everysec", &plain);
        if !synced.is_empty() {
            tell(suite, work, "always", &synced);
            compare(suite, &plain, &synced);
        }
    }
    Ok(())
}

fn tell(suite: &Suite<'_>, work: Work, sync: &str, rounds: &[Drained]) {
    let with = |row: Row| row.with("jobs", suite.options.jobs).with("appendfsync", sync);
    let suffix = if sync == "always" { "_aof_always" } else { "" };
    let row = |row, name: &str, unit| with(Row::new(row, format!("{name}_{}{suffix}", work.name()), unit));
    let first = if sync == "always" { "Q5" } else { "Q1" };
    let rate = row(first, "drain", "jobs/s");
    let rate = if work == Work::Short { rate.against(10_000.0, 40_000.0) } else { rate };
    suite.report.say(rate, &rounds.iter().map(|round| round.rate).collect::<Vec<_>>());
    let cost = row("Q4", "cpu", "us/job");
    let cost = if work == Work::Short { cost.against(250.0, 60.0) } else { cost };
    let parts = rounds.last().map_or(Value::Null, |round| round.parts.clone());
    let costs: Vec<f64> = rounds.iter().map(|round| round.cpu_us).collect();
    suite.report.say(cost.with("parts_last_round", parts), &costs);
}

fn compare(suite: &Suite<'_>, plain: &[Drained], synced: &[Drained]) {
    let shares: Vec<f64> = synced.iter().zip(plain).map(|(synced, plain)| synced.rate / plain.rate).collect();
    let row = Row::new("Q5", "drain_aof_always_share_of_everysec", "ratio").with("jobs", suite.options.jobs);
    suite.report.say(row.against(0.8, 1.0), &shares);
}

async fn round(suite: &Suite<'_>, work: Work, sync: &str) -> anyhow::Result<Drained> {
    let mut stage = suite.bench.stage(suite.transport).await?;
    append_fsync(&mut stage.redis, sync).await?;
    let drained = drain(suite, &stage, work).await;
    append_fsync(&mut stage.redis, "everysec").await?;
    stage.close().await?;
    drained
}

async fn drain(suite: &Suite<'_>, stage: &Stage, work: Work) -> anyhow::Result<Drained> {
    let (site, jobs) = (SiteId::fresh(), i64::from(suite.options.jobs));
    write_backlog(stage, jobs, |n| work.job(site, n)).await?;
    let mut owner = stage.database.owner().await?;
    let meter = suite.bench.meter();
    let before = meter.read();
    let relay = suite.bench.spawn(stage, "workers", &["relay"])?;
    let mut worker = work.worker(suite.bench, stage)?;
    // Processes that did not live before start from nothing.
    let meter = meter.process("relay", relay.pid).process("worker", worker.pid);
    let summary = effects::all(&mut owner, jobs, LOOK, PATIENCE).await?;
    let (spent, jobs) = (meter.since(&before), jobs as f64);
    worker.must_live()?;
    worker.stop().await;
    relay.stop().await;
    Ok(Drained {
        rate: jobs / summary.seconds(),
        cpu_us: spent.total_per(jobs),
        parts: spent.parts_per(jobs),
    })
}

async fn append_fsync(redis: &mut MultiplexedConnection, policy: &str) -> anyhow::Result<()> {
    Ok(redis::cmd("CONFIG").arg("SET").arg("appendfsync").arg(policy).query_async(redis).await?)
}
