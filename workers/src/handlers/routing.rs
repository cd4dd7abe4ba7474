//! Giving new tickets to agents.

use super::by_site;
use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::routing::Route;
use jobs::{SiteId, TicketId};
use schema::ledger::Verdict;
use schema::pool::{Scope, Tx};
use schema::routing::{route, try_again_job};

impl Short for Route {
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        give_out(tx, self.site_id, &[self.ticket_id], now).await?;
        Ok(Verdict::Done)
    }

    /// A site's agents are locked once for all its tickets.
    async fn run_many(
        jobs: &[Self],
        tx: &mut Tx,
        _env: &Env,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Vec<Verdict>> {
        for (site, tickets) in by_site(jobs.iter().map(|job| (job.site_id, job.ticket_id))) {
            tx.rescope(Scope::Site(site)).await?;
            give_out(tx, site, &tickets, now).await?;
        }
        Ok(vec![Verdict::Done; jobs.len()])
    }
}

/// A ticket that nobody can take is tried again while nobody has it; taken or settled, its next try ends the line.
async fn give_out(tx: &mut Tx, site: SiteId, tickets: &[TicketId], now: DateTime<Utc>) -> anyhow::Result<()> {
    for ticket in route(tx, site, tickets, now).await? {
        tx.enqueue(try_again_job(site, ticket, now));
    }
    Ok(())
}
