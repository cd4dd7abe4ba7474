//! Making tickets findable by their words.

use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, TimeDelta, Utc};
use jobs::NewJob;
use jobs::tickets::{Index, IndexSweep};
use schema::ledger::Verdict;
use schema::pool::Tx;
use schema::tickets::search::{CHUNK, index_site, late_sites};

/// Sites that one sweep sees to; the next one takes the others.
const SITES_MAX: i64 = 500;
/// Between two chunks of one site, for whoever else wants the machine.
const PAUSE: TimeDelta = TimeDelta::milliseconds(50);
/// Between two sites of a sweep, so that they do not end up in one transaction.
const STAGGER: TimeDelta = TimeDelta::milliseconds(20);

impl Short for Index {
    /// What is beyond one chunk is the next job's: no transaction grows with the pile.
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        if index_site(tx, self.site_id, CHUNK).await? {
            tx.enqueue(NewJob::of(self).at(now + PAUSE));
        }
        Ok(Verdict::Done)
    }
}

impl Short for IndexSweep {
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        let mut at = now;
        for site_id in late_sites(tx, SITES_MAX).await? {
            tx.enqueue(NewJob::of(&Index { site_id }).at(at).unless_pending(Index::key(site_id)));
            at += STAGGER;
        }
        Ok(Verdict::Done)
    }
}
