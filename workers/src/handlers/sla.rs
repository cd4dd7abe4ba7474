//! Deadlines: the exact look at one ticket, and the sweep that makes up for looks that were missed.

use super::by_site;
use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::NewJob;
use jobs::sla::{Sweep, Watch};
use schema::ledger::Verdict;
use schema::pool::{Scope, Tx};
use schema::sla::{SWEEP_CHUNK, look, sweep};

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
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        let looked = sweep(tx, SWEEP_CHUNK, now).await?;
        if looked.warned + looked.breached > 0 {
            tracing::warn!(looked.warned, looked.breached, "deadlines were missed and made up for");
        }
        if i64::try_from(looked.warned + looked.breached)? >= SWEEP_CHUNK {
            tx.enqueue(NewJob::of(self));
        }
        Ok(Verdict::Done)
    }
}
