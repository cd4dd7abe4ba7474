//! Short jobs: many share one transaction that locks their rows, does their work and removes them.
//!
//! If any of them answers anything but done, everything is undone and each runs alone, so that one bad job
//! costs its neighbours time but nothing else. A job that was handed over again and again without an end has
//! probably taken its workers with it; it goes through the leased lane, where starting counts as an attempt.

use super::{error_text, leased, panic_text};
use crate::env::Env;
use crate::handler::scope;
use crate::registry::{Registry, Work};
use futures::future::FutureExt;
use jobs::Queue;
use schema::batch::Batcher;
use schema::ledger::{Locked, Verdict, begin_locked, remove};
use schema::pool::{Scope, Tx};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use uuid::Uuid;

const BATCH_MAX: usize = 256;
const WAITING_MAX: usize = 4096;
const LANES: usize = 2;

/// Handed over this often without an end: suspect.
const RESENDS_MAX: i16 = 3;

/// Runs short jobs of one queue; cheap to clone.
#[derive(Clone)]
pub struct Lane {
    batcher: Batcher<Uuid, ()>,
}

impl Lane {
    pub fn start(queue: Queue, registry: Registry, env: Env, leased: leased::Lane) -> Self {
        let crew = Crew { queue, registry, env, leased };
        let run = move |ids: Vec<Uuid>| {
            let crew = crew.clone();
            async move {
                let answers = vec![(); ids.len()];
                crew.run_together(ids).await;
                answers
            }
        };
        Self { batcher: Batcher::start(LANES, BATCH_MAX, WAITING_MAX, run) }
    }

    /// Runs one job to its end, in company.
    pub async fn run(&self, id: Uuid) {
        // A full lane drops the id; the relay brings it again.
        let _ = self.batcher.submit(id).await;
    }
}

#[derive(Clone)]
struct Crew {
    queue: Queue,
    registry: Registry,
    env: Env,
    leased: leased::Lane,
}

impl Crew {
    async fn run_together(&self, ids: Vec<Uuid>) {
        let started = Instant::now();
        let (mut tx, locked) = match begin_locked(&self.env.db, &ids).await {
            Ok(locked) => locked,
            Err(error) => {
                tracing::warn!(%error, jobs = ids.len(), "jobs could not be locked; the relay will bring them again");
                return;
            }
        };
        let (suspect, sound): (Vec<_>, Vec<_>) =
            locked.into_iter().partition(|job| job.resends >= RESENDS_MAX || !self.is_readable(job));
        let done = match sound.is_empty() {
            true => Ok(()),
            false => self.work(&mut tx, &sound).await,
        };
        let committed = match done {
            Ok(()) if !sound.is_empty() => tx.commit().await.map_err(anyhow::Error::from),
            other => {
                tx.rollback().await;
                other
            }
        };
        match committed {
            Ok(()) => sound.iter().for_each(|job| count(self.queue, &job.kind, &Verdict::Done, started)),
            Err(_) => self.run_each(sound).await,
        }
        for job in suspect {
            self.leased.run(job.id).await;
        }
    }

    /// Does the work of all; an error, also when one of them is not done.
    async fn work(&self, tx: &mut Tx, jobs: &[Locked]) -> anyhow::Result<()> {
        let mut by_kind: BTreeMap<&str, Vec<&Locked>> = BTreeMap::new();
        for job in jobs {
            by_kind.entry(&job.kind).or_default().push(job);
        }
        for (kind, jobs) in by_kind {
            let verdicts = self.call(tx, kind, &jobs).await?;
            anyhow::ensure!(verdicts.iter().all(|v| *v == Verdict::Done), "not all of {kind} are done");
        }
        // What they wrote last goes out with the commit, for all their sites.
        tx.rescope(Scope::System).await?;
        let ids: Vec<Uuid> = jobs.iter().map(|job| job.id).collect();
        Ok(remove(tx, &ids).await?)
    }

    async fn call(&self, tx: &mut Tx, kind: &str, jobs: &[&Locked]) -> anyhow::Result<Vec<Verdict>> {
        let entry =
            self.registry.find(kind).ok_or_else(|| anyhow::anyhow!("no handler is known for {kind:?}"))?;
        let Work::Short { run, .. } = entry.work else { anyhow::bail!("{kind} is not short") };
        if let [job] = jobs {
            tx.rescope(scope(job.site_id)).await?;
        }
        let payloads = jobs.iter().map(|job| job.payload.clone()).collect();
        let work = AssertUnwindSafe(run(payloads, tx, &self.env, self.env.now())).catch_unwind();
        match tokio::time::timeout(entry.timeout, work).await {
            Ok(Ok(verdicts)) => verdicts,
            Ok(Err(panic)) => Err(anyhow::Error::msg(panic_text(&*panic))),
            Err(_) => Err(anyhow::anyhow!("not done within {:?}", entry.timeout)),
        }
    }

    async fn run_each(&self, jobs: Vec<Locked>) {
        for job in jobs {
            let started = Instant::now();
            let verdict = self.run_alone(&job).await;
            count(self.queue, &job.kind, &verdict, started);
            if verdict != Verdict::Done
                && let Err(error) = self.env.ledger.fail(job.id, &verdict).await
            {
                tracing::warn!(%error, job = %job.id, "a failed attempt could not be recorded");
            }
        }
    }

    async fn run_alone(&self, job: &Locked) -> Verdict {
        match self.try_alone(job).await {
            Ok(verdict) => verdict,
            Err(error) => {
                let (attempt, error) = (job.attempts + 1, error_text(&error));
                tracing::warn!(kind = job.kind, job = %job.id, attempt, error, "attempt failed");
                let backoff = self.registry.find(&job.kind).map(|entry| (entry.backoff)(attempt));
                Verdict::Retry(backoff.unwrap_or(Duration::from_secs(60)), error)
            }
        }
    }

    async fn try_alone(&self, job: &Locked) -> anyhow::Result<Verdict> {
        let (mut tx, locked) = begin_locked(&self.env.db, &[job.id]).await?;
        let verdict = match locked.first() {
            None => Ok(Verdict::Done), // somebody else has it by now
            Some(job) => {
                let verdicts = self.call(&mut tx, &job.kind, &[job]).await;
                verdicts.map(|mut v| v.pop().unwrap_or(Verdict::Done))
            }
        };
        if !locked.is_empty() && matches!(verdict, Ok(Verdict::Done)) {
            remove(&mut tx, &[job.id]).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await;
        }
        verdict
    }

    /// Payloads nobody can read are the leased lane's to discard.
    fn is_readable(&self, job: &Locked) -> bool {
        match self.registry.find(&job.kind).map(|entry| entry.work) {
            Some(Work::Short { readable, .. }) => readable(&job.payload).is_ok(),
            _ => false,
        }
    }
}

/// Counts an ended attempt.
pub(super) fn count(queue: Queue, kind: &str, verdict: &Verdict, started: Instant) {
    let labels = [("queue", queue.name().to_owned()), ("kind", kind.to_owned())];
    metrics::histogram!("asisttr_job_duration_seconds", &labels).record(started.elapsed().as_secs_f64());
    let verdict = verdict.parts().0;
    let [queue, kind] = labels;
    metrics::counter!("asisttr_jobs_total", &[queue, kind, ("verdict", verdict.to_owned())]).increment(1);
}
