//! Closing what has been resolved for 48 hours: the exact job of one ticket, and the sweep over all.

use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::NewJob;
use jobs::autoclose::{Close, Sweep};
use schema::ledger::Verdict;
use schema::pool::Tx;
use schema::tickets::autoclose::{CHUNK, close_due};
use schema::tickets::status::{Closing, close_job, close_resolved};

impl Short for Close {
    /// A ticket that was reopened and resolved anew is asked again at its new time.
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        if let Closing::TooEarly { until } = close_resolved(tx, self.site_id, self.ticket_id, now).await? {
            tx.enqueue(close_job(self.site_id, self.ticket_id, until));
        }
        Ok(Verdict::Done)
    }
}

impl Short for Sweep {
    /// What is beyond one chunk is the next job's: no transaction grows with the pile.
    async fn run(&self, tx: &mut Tx, _env: &Env, now: DateTime<Utc>) -> Outcome {
        let closed = close_due(tx, CHUNK, now).await?;
        if closed > 0 {
            tracing::info!(closed, "tickets closed after 48 hours of silence");
        }
        if closed >= CHUNK {
            tx.enqueue(NewJob::of(self));
        }
        Ok(Verdict::Done)
    }
}
