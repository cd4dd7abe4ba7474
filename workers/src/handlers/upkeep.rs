//! Housekeeping.

use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::NewJob;
use jobs::upkeep::Tidy;
use schema::ledger::Verdict;
use schema::pool::Tx;
use schema::upkeep::{CHUNK, tidy};

impl Short for Tidy {
    /// What is beyond one chunk is the next job's: no transaction grows with the pile.
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        let tidied = tidy(tx, CHUNK, now).await?;
        tracing::debug!(tidied.keys, tidied.ticks, tidied.sign_ins, tidied.mails, "expired rows removed");
        if tidied.is_full {
            tx.enqueue(NewJob::of(self));
        }
        Ok(Verdict::Done)
    }
}
