//! Deadlines: the exact look at one ticket, and the sweep that makes up for looks that were missed.

use super::by_site;
use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::NewJob;
use jobs::sla::{Sweep, Watch};
use schema::ledger::Verdict;
use schema::pool::{Scope, Tx};
use schema::sla::{RELEASE_CHUNK, SWEEP_CHUNK, look, release, sites_to_release, sweep};

impl Short for Watch {
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        look(tx, self.site_id, &[self.ticket_id], now).await?;
        Ok(Verdict::Done)
    }

    /// Many deadlines fall on one instant: each site's tickets are looked at together.
    async fn run_many(
        jobs: &[Self],
        tx: &mut Tx,
        _env: &Env,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Vec<Verdict>> {
        for (site, tickets) in by_site(jobs.iter().map(|job| (job.site_id, job.ticket_id))) {
            tx.rescope(Scope::Site(site)).await?;
            look(tx, site, &tickets, now).await?;
        }
        Ok(vec![Verdict::Done; jobs.len()])
    }
}

impl Short for Sweep {
    /// What is beyond one chunk is the next job's: no transaction grows with the pile.
    async fn run(&self, tx: &mut Tx, env: &Env, now: DateTime<Utc>) -> Outcome {
        let more_to_start = start_clocks(tx, env, now).await?;
        let looked = sweep(tx, SWEEP_CHUNK, now).await?;
        if looked.warned + looked.breached > 0 {
            tracing::warn!(looked.warned, looked.breached, "deadlines were missed and made up for");
        }
        if more_to_start || i64::try_from(looked.warned + looked.breached)? >= SWEEP_CHUNK {
            tx.enqueue(NewJob::of(self));
        }
        Ok(Verdict::Done)
    }
}

/// Starts clocks that stand for no reason any more; whether there are more than one job takes on.
async fn start_clocks(tx: &mut Tx, env: &Env, now: DateTime<Utc>) -> anyhow::Result<bool> {
    let mut started = 0;
    for site in sites_to_release(tx).await? {
        if let Some(settings) = env.directory.current(site).await? {
            started += i64::try_from(release(tx, &settings, now).await?)?;
        }
        if started >= RELEASE_CHUNK {
            return Ok(true);
        }
    }
    if started > 0 {
        tracing::info!(started, "clocks run again in statuses that no longer pause");
    }
    Ok(false)
}
