//! What operators ask of the ledger.

use crate::config::Config;
use crate::handlers;
use crate::registry::Work;
use anyhow::{Context, bail};
use jobs::{JobId, NewJob, Queue, SiteId};
use schema::ledger::{Courier, Ledger, wire};
use schema::pool::Db;
use uuid::Uuid;

/// Prints the table of pools and kinds.
pub fn list() -> anyhow::Result<()> {
    let registry = handlers::registry();
    println!("{:<10} {:<18} {:<6} {:>8} {:>9}  about", "queue", "kind", "work", "attempts", "timeout");
    for queue in Queue::ALL {
        for entry in registry.entries().iter().filter(|entry| entry.queue == *queue) {
            let work = if matches!(entry.work, Work::Long(_)) { "long" } else { "short" };
            let (kind, timeout) = (entry.kind, format!("{:?}", entry.timeout));
            let attempts = entry.attempts_max;
            println!("{queue:<10} {kind:<18} {work:<6} {attempts:>8} {timeout:>9}  {}", entry.about);
        }
    }
    Ok(())
}

/// Writes one job, due now.
pub async fn enqueue(config: &Config, kind: &str, payload: &str) -> anyhow::Result<()> {
    let registry = handlers::registry();
    let entry =
        registry.find(kind).with_context(|| format!("{kind} is no kind of job (see workers list)"))?;
    let payload: serde_json::Value = serde_json::from_str(payload).context("the payload is not JSON")?;
    if let Work::Short { readable, .. } = entry.work {
        readable(&payload).map_err(anyhow::Error::msg)?;
    }
    let site = payload.get("site_id").and_then(|id| id.as_str()).map(str::parse::<Uuid>).transpose()?;
    let job = NewJob {
        id: JobId::fresh(),
        kind: entry.kind,
        queue: entry.queue,
        site_id: site.map_or(SiteId::SYSTEM, SiteId),
        payload,
        run_at: None,
        dedupe_key: None,
        attempts_max: entry.attempts_max,
        trace_id: None,
    };
    open(config).await?.record(std::slice::from_ref(&job)).await?;
    println!("{}", job.id);
    Ok(())
}

/// Prints the dead jobs.
pub async fn dead(config: &Config, queue: Option<Queue>, limit: i32) -> anyhow::Result<()> {
    for job in open(config).await?.dead(queue, limit).await? {
        let error = job.last_error.unwrap_or_default().replace('\n', " ");
        println!(
            "{} {} {} site={} attempts={} {error}",
            job.id, job.queue, job.kind, job.site_id, job.attempts
        );
    }
    Ok(())
}

/// Revives a dead job.
pub async fn retry(config: &Config, id: Uuid) -> anyhow::Result<()> {
    match open(config).await?.requeue(id).await? {
        Some(id) => println!("{id} is ready again"),
        None => bail!("no dead job has the id {id} (see workers dead)"),
    }
    Ok(())
}

async fn open(config: &Config) -> anyhow::Result<Ledger> {
    let common = &config.common;
    common.check_servers()?;
    let db = Db::connect(&common.database_url, 2).await?;
    let courier = Courier::start(wire::open(&common.redis_url, common.queue_transport)?);
    Ok(Ledger::new(db.with_courier(courier)))
}
