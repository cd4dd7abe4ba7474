//! Q9: a backlog of a million due jobs: does it drain as fast as a small one, within bounded Redis memory?

use super::work::{Work, write_backlog};
use super::{Suite, effects};
use crate::process::Process;
use crate::report::{Row, progress};
use crate::stage::Stage;
use anyhow::Context;
use jobs::SiteId;
use redis::aio::MultiplexedConnection;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const FIRST: i64 = 20_000;
const LOOK: Duration = Duration::from_millis(500);
const SAMPLE: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(1800);

/// The most that was seen on the wire.
#[derive(Clone, Copy, Default)]
struct Most {
    ids: usize,
    memory_bytes: f64,
}

/// # Errors
/// A job was lost or done twice, or the worker ended.
pub async fn run(suite: &Suite<'_>, jobs: i64) -> anyhow::Result<()> {
    progress(&format!("  writing {jobs} jobs"));
    let stage = suite.bench.stage(suite.transport).await?;
    let (work, site) = (Work::Short, SiteId::fresh());
    write_backlog(&stage, jobs, |n| work.job(site, n)).await?;
    let mut owner = stage.database.owner().await?;
    let done = CancellationToken::new();
    let watching = watch(&stage, done.clone())?;
    let meter = suite.bench.meter();
    let before = meter.read();
    let relay = suite.bench.spawn(&stage, "workers", &["relay"])?;
    let mut worker = work.worker(suite.bench, &stage)?;
    let meter = meter.process("relay", relay.pid).process("worker", worker.pid);
    let summary = effects::all(&mut owner, jobs, LOOK, PATIENCE).await?;
    let spent = meter.since(&before);
    done.cancel();
    let most = watching.await??;
    let early = effects::noted_at(&mut owner, FIRST).await? - summary.first;
    let row = |metric: &str, unit| Row::new("Q9", metric, unit).with("jobs", jobs);
    let say = |row: Row, value: f64| suite.report.say(row, &[value]);
    say(row("drain_first_20k_of_backlog", "jobs/s"), FIRST as f64 / early.as_seconds_f64());
    say(row("drain_whole_backlog", "jobs/s"), jobs as f64 / summary.seconds());
    let parts = spent.parts_per(jobs as f64);
    say(row("cpu_whole_backlog", "us/job").with("parts", parts), spent.total_per(jobs as f64));
    say(row("redis_list_max", "ids").with("window", work.queue().window()), most.ids as f64);
    say(row("redis_memory_max", "MB"), most.memory_bytes / super::memory::MB);
    say(row("worker_alive_at_the_end", "yes=1").against(1.0, 1.0), f64::from(u8::from(worker.is_alive())));
    end(worker, relay, stage).await
}

async fn end(worker: Process, relay: Process, stage: Stage) -> anyhow::Result<()> {
    worker.stop().await;
    relay.stop().await;
    stage.close().await
}

fn watch(stage: &Stage, done: CancellationToken) -> anyhow::Result<JoinHandle<anyhow::Result<Most>>> {
    let (wire, mut redis) = (stage.wire()?, stage.redis.clone());
    Ok(tokio::spawn(async move {
        let mut most = Most::default();
        while !done.is_cancelled() {
            most.ids = most.ids.max(wire.depth(Work::Short.queue()).await?);
            most.memory_bytes = most.memory_bytes.max(used_memory(&mut redis).await?);
            done.run_until_cancelled(tokio::time::sleep(SAMPLE)).await;
        }
        Ok(most)
    }))
}

async fn used_memory(redis: &mut MultiplexedConnection) -> anyhow::Result<f64> {
    let info: String = redis::cmd("INFO").arg("memory").query_async(redis).await?;
    let line =
        info.lines().find_map(|line| line.strip_prefix("used_memory:")).context("INFO has no memory")?;
    Ok(line.trim().parse()?)
}
