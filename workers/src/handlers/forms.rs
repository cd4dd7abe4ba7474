//! Turning submitted forms into tickets.

use crate::env::Env;
use crate::handler::{Outcome, Short};
use chrono::{DateTime, Utc};
use jobs::forms::Convert;
use schema::forms::{Converted, NotConverted, convert};
use schema::ledger::Verdict;
use schema::pool::Tx;

impl Short for Convert {
    async fn run(&self, tx: &mut Tx, env: &Env, _now: DateTime<Utc>) -> Outcome {
        let mut answer = try_once(self, tx, env).await?;
        if matches!(answer, Some(Err(NotConverted::StaleSettings))) {
            // What was kept of the site is old: read it anew, once. A change in that same instant is a retry's.
            env.directory.forget(self.site_id);
            answer = try_once(self, tx, env).await?;
        }
        verdict(answer)
    }
}

/// None for a site that is switched off.
type Answer = Option<Result<Converted, NotConverted>>;

async fn try_once(job: &Convert, tx: &mut Tx, env: &Env) -> anyhow::Result<Answer> {
    let Some(site) = env.directory.by_id(job.site_id).await? else { return Ok(None) };
    Ok(Some(convert(tx, &site, job.submission_id).await))
}

/// What can never succeed waits, dead, for a person; the submission itself is safe.
fn verdict(answer: Answer) -> Outcome {
    match answer {
        Some(Ok(_)) => Ok(Verdict::Done),
        Some(Err(error @ NotConverted::Unreadable(_))) => Ok(Verdict::Discard(error.to_string())),
        Some(Err(error)) => Err(error.into()),
        None => Ok(Verdict::Discard("the site is switched off".to_owned())),
    }
}
