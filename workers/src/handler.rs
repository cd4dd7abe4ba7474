//! What a handler is. A job answers in four words ([`Verdict`]): done, retry, discard, snooze.
//!
//! A [`Short`] handler is SQL only. It runs inside the transaction that holds its job's row: what it writes and
//! the end of the job are one commit, so its effect happens exactly once. Anything but `Done` undoes what it
//! wrote; a handler that has more to do later enqueues it and is done.
//!
//! A [`Long`] handler talks to the world and holds no connection meanwhile. It ends in
//! [`Attempt::finish`]: a transaction that the holder of the lease alone gets into, in which the job is removed.

use crate::env::Env;
use chrono::{DateTime, Utc};
use jobs::{Job, SiteId};
use schema::ledger::{Verdict, finish, hold};
use schema::pool::{Scope, Tx};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How an attempt ended; an error is a retry after the kind's backoff.
pub type Outcome = anyhow::Result<Verdict>;

/// Work in SQL only, within the transaction of its job.
pub trait Short: Job {
    /// Does the work; `tx` acts for the job's site.
    fn run(&self, tx: &mut Tx, env: &Env, now: DateTime<Utc>) -> impl Future<Output = Outcome> + Send;

    /// Does the work of many jobs in one transaction; by default one after the other. If one of them answers
    /// anything but done the whole is undone, and each runs alone.
    fn run_many(
        jobs: &[Self],
        tx: &mut Tx,
        env: &Env,
        now: DateTime<Utc>,
    ) -> impl Future<Output = anyhow::Result<Vec<Verdict>>> + Send {
        async move {
            let mut verdicts = Vec::with_capacity(jobs.len());
            for job in jobs {
                tx.rescope(scope_of(job)).await?;
                verdicts.push(job.run(tx, env, now).await?);
            }
            Ok(verdicts)
        }
    }
}

/// Work with the world, settled under a lease.
pub trait Long: Job {
    fn run(&self, attempt: &Attempt, env: &Env) -> impl Future<Output = Outcome> + Send;
}

/// The scope a job acts in.
#[must_use]
pub fn scope_of<J: Job>(job: &J) -> Scope {
    scope(job.site().0)
}

/// The scope of a stored site id: jobs that belong to no tenant act for the system.
#[must_use]
pub fn scope(site: Uuid) -> Scope {
    match SiteId(site) {
        SiteId::SYSTEM => Scope::System,
        site => Scope::Site(site),
    }
}

/// One claimed attempt of a long job.
pub struct Attempt {
    pub id: Uuid,
    pub token: Uuid,
    /// From 1.
    pub number: i16,
    pub number_max: i16,
    pub trace_id: Option<String>,
    /// Cancelled when the process is asked to end: long waits should end in a snooze.
    pub stop: CancellationToken,
    pub(crate) finished: AtomicBool,
}

impl Attempt {
    /// A transaction in which this job ends: its row is already removed there. None when the lease has passed
    /// to somebody else, who then does the work.
    ///
    /// # Errors
    /// The database is away.
    pub async fn finish(&self, env: &Env, scope: Scope) -> anyhow::Result<Option<Tx>> {
        let mut tx = env.db.begin(scope).await?;
        if !finish(&mut tx, self.id, self.token).await? {
            tx.rollback().await;
            return Ok(None);
        }
        self.finished.store(true, Ordering::Release);
        Ok(Some(tx))
    }

    /// A transaction that only the holder of the lease gets into; the job goes on after it.
    ///
    /// # Errors
    /// The database is away.
    pub async fn hold(&self, env: &Env, scope: Scope) -> anyhow::Result<Option<Tx>> {
        let mut tx = env.db.begin(scope).await?;
        if hold(&mut tx, self.id, self.token).await? {
            return Ok(Some(tx));
        }
        tx.rollback().await;
        Ok(None)
    }

    /// Whether this is the last attempt before the job is dead.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.number >= self.number_max
    }
}
