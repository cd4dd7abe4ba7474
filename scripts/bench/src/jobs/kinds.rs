//! The bench's own kinds of job, run by the product's runner on two of its queues.
//!
//! They carry the real envelope (typed payload, site, attempts, trace id) and leave one effect each: a row with
//! the job's number, the worker's pid and the instant its handler began.

use super::tally;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Timestamptz};
use diesel_async::RunQueryDsl;
use jobs::{Job, NewJob, Queue, SiteId};
use schema::ledger::Verdict;
use schema::pool::{DbResult, Tx};
use schema::sql::sql;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use workers::env::Env;
use workers::handler::{Attempt, Long, Outcome, Short, scope_of};
use workers::registry::{Registry, long, short};

/// Its effect is one with its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BenchShort {
    pub site_id: SiteId,
    pub n: i64,
}

/// A long job that does nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BenchLong {
    pub site_id: SiteId,
    pub n: i64,
    /// Whether it writes its effect in a fenced transaction of its own, as a handler with something to record
    /// does. Otherwise it only says done, and its effect is noted on the side.
    pub fenced: bool,
}

impl Job for BenchShort {
    const KIND: &'static str = "bench.short";
    const QUEUE: Queue = Queue::Sla;
    const TIMEOUT: Duration = Duration::from_secs(10);
    const ABOUT: &'static str = "Leaves one effect, in the transaction in which it ends.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}

impl Job for BenchLong {
    const KIND: &'static str = "bench.long";
    const QUEUE: Queue = Queue::Forms;
    const TIMEOUT: Duration = Duration::from_secs(10);
    const ABOUT: &'static str = "Does nothing, under a lease.";

    fn site(&self) -> SiteId {
        self.site_id
    }
}

impl Short for BenchShort {
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        note(tx, &[(self.n, now)]).await?;
        Ok(Verdict::Done)
    }

    async fn run_many(
        jobs: &[Self],
        tx: &mut Tx,
        _env: &Env,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Vec<Verdict>> {
        let effects: Vec<_> = jobs.iter().map(|job| (job.n, now)).collect();
        note(tx, &effects).await?;
        Ok(vec![Verdict::Done; jobs.len()])
    }
}

impl Long for BenchLong {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        let started = Utc::now();
        if !self.fenced {
            tally::note(env, self.n, started).await;
            return Ok(Verdict::Done);
        }
        let Some(mut tx) = attempt.finish(env, scope_of(self)).await? else { return Ok(Verdict::Done) };
        note(&mut tx, &[(self.n, started)]).await?;
        tx.commit().await?;
        Ok(Verdict::Done)
    }
}

/// The two queues' kinds.
#[must_use]
pub fn registry() -> Registry {
    Registry::new(vec![short::<BenchShort>(), long::<BenchLong>()])
}

/// A job as a request would write it.
pub fn traced<J: Job>(job: &J) -> NewJob {
    NewJob::of(job).traced(Some(uuid::Uuid::now_v7().to_string()))
}

/// Writes effects: the number and the start of each.
///
/// # Errors
/// The database is away.
pub async fn note(tx: &mut Tx, effects: &[(i64, DateTime<Utc>)]) -> DbResult<()> {
    let (numbers, starts): (Vec<i64>, Vec<DateTime<Utc>>) = effects.iter().copied().unzip();
    sql("insert into bench_effects (n, started_at, pid) select n, at, ? from unnest(?, ?) as effects(n, at)")
        .bind::<Integer, _>(i32::try_from(std::process::id()).unwrap_or_default())
        .bind::<Array<BigInt>, _>(numbers)
        .bind::<Array<Timestamptz>, _>(starts)
        .execute(tx.conn())
        .await?;
    Ok(())
}
