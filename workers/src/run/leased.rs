//! Jobs that are claimed, worked on without a connection, and settled under their token.

use super::keeper::Keeper;
use super::{error_text, panic_text};
use crate::env::Env;
use crate::handler::{Attempt, Outcome, scope};
use crate::registry::{Entry, Registry, Work};
use futures::future::FutureExt;
use jobs::Queue;
use schema::batch::Batcher;
use schema::ledger::{Claimed, Settlement, Verdict};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const BATCH_MAX: usize = 256;
const WAITING_MAX: usize = 4096;

/// How long an unheard settlement is repeated. After that the lease decides.
const SETTLE_PATIENCE: Duration = Duration::from_secs(60);

/// Runs leased jobs of one queue; cheap to clone.
#[derive(Clone)]
pub struct Lane {
    queue: Queue,
    registry: Registry,
    env: Env,
    keeper: Keeper,
    stop: CancellationToken,
    claims: Batcher<Uuid, Option<Claimed>>,
    settlements: Batcher<Settlement, ()>,
}

impl Lane {
    pub fn start(
        queue: Queue,
        registry: Registry,
        env: Env,
        keeper: Keeper,
        stop: CancellationToken,
    ) -> Self {
        let (claim_env, settle_env) = (env.clone(), env.clone());
        let claims = Batcher::start(2, BATCH_MAX, WAITING_MAX, move |ids| claim(claim_env.clone(), ids));
        let settlements =
            Batcher::start(2, BATCH_MAX, WAITING_MAX, move |ended| settle(settle_env.clone(), ended));
        Self { queue, registry, env, keeper, stop, claims, settlements }
    }

    /// Runs one job to its end. No row to claim means that somebody else has it: nothing to do.
    pub async fn run(&self, id: Uuid) {
        let Ok(Some(claimed)) = self.claims.submit(id).await else { return };
        let started = Instant::now();
        let (kind, token) = (claimed.kind.clone(), claimed.lease_token);
        let lease = self.keeper.keep(id, token);
        let attempt = self.attempt(&claimed);
        let verdict = self.work(claimed, &attempt, &lease.lost).await;
        super::short::count(self.queue, &kind, &verdict, started);
        if verdict == Verdict::Done && attempt.finished.load(Ordering::Acquire) {
            return;
        }
        let _ = self.settlements.submit(Settlement { id, token, verdict }).await;
    }

    fn attempt(&self, claimed: &Claimed) -> Attempt {
        Attempt {
            id: claimed.id,
            token: claimed.lease_token,
            number: claimed.attempts,
            number_max: claimed.attempts_max,
            trace_id: claimed.trace_id.clone(),
            stop: self.stop.clone(),
            finished: AtomicBool::new(false),
        }
    }

    async fn work(&self, claimed: Claimed, attempt: &Attempt, lost: &CancellationToken) -> Verdict {
        let Some(entry) = self.registry.find(&claimed.kind) else {
            return Verdict::Discard(format!("no handler is known for {:?}", claimed.kind));
        };
        let work = AssertUnwindSafe(self.call(entry, claimed, attempt)).catch_unwind();
        tokio::select! {
            outcome = tokio::time::timeout(entry.timeout, work) => match outcome {
                Ok(Ok(Ok(verdict))) => verdict,
                Ok(Ok(Err(error))) => retry(entry, attempt, error_text(&error)),
                Ok(Err(panic)) => retry(entry, attempt, panic_text(&*panic)),
                Err(_) => retry(entry, attempt, format!("not done within {:?}", entry.timeout)),
            },
            () = lost.cancelled() => Verdict::Snooze(Duration::ZERO),
        }
    }

    async fn call(&self, entry: &Entry, claimed: Claimed, attempt: &Attempt) -> Outcome {
        match entry.work {
            Work::Long(run) => run(claimed.payload, attempt, &self.env).await,
            Work::Short { readable, run } => {
                if let Err(error) = readable(&claimed.payload) {
                    return Ok(Verdict::Discard(error));
                }
                let Some(mut tx) = attempt.finish(&self.env, scope(claimed.site_id)).await? else {
                    return Ok(Verdict::Done);
                };
                let verdicts = run(vec![claimed.payload], &mut tx, &self.env, self.env.now()).await?;
                match verdicts.into_iter().next() {
                    Some(Verdict::Done) => tx.commit().await.map(|()| Verdict::Done).map_err(Into::into),
                    other => {
                        tx.rollback().await;
                        Ok(other.unwrap_or_else(|| Verdict::Discard("the handler gave no answer".into())))
                    }
                }
            }
        }
    }
}

fn retry(entry: &Entry, attempt: &Attempt, error: String) -> Verdict {
    tracing::warn!(kind = entry.kind, job = %attempt.id, attempt = attempt.number, error, "attempt failed");
    Verdict::Retry((entry.backoff)(attempt.number), error)
}

async fn claim(env: Env, ids: Vec<Uuid>) -> Vec<Option<Claimed>> {
    match env.ledger.claim(&ids).await {
        Ok(claimed) => {
            let mut by_id: HashMap<Uuid, Claimed> = claimed.into_iter().map(|c| (c.id, c)).collect();
            ids.iter().map(|id| by_id.remove(id)).collect()
        }
        Err(error) => {
            tracing::warn!(%error, jobs = ids.len(), "jobs could not be claimed; the relay will bring them again");
            ids.iter().map(|_| None).collect()
        }
    }
}

async fn settle(env: Env, ended: Vec<Settlement>) -> Vec<()> {
    let since = Instant::now();
    let mut pause = Duration::from_millis(50);
    while let Err(error) = env.ledger.settle(&ended).await {
        if since.elapsed() > SETTLE_PATIENCE {
            tracing::error!(%error, jobs = ended.len(), "jobs could not be settled; their leases will run out");
            break;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
    vec![(); ended.len()]
}
