//! Sending mail from the outbound ledger.
//!
//! The row says `sending` before the first byte leaves, and `sent` in the transaction that ends the job. A mail
//! whose worker died in between goes out again under the same Message-ID and is counted as a repeat: that is the
//! one gap no desk can close, since the server's 250 and our commit are two events.

mod account_mail;
mod letter;
mod ticket_mail;

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome, scope};
use crate::io::smtp::{MailSender, SendError};
use jobs::mail_out::{Deliver, FAILURES_MAX};
use jobs::{Job, SiteId};
use letter::{Letter, Written};
use schema::ledger::Verdict;
use schema::mail::outbox::{self, Cause, Ended};
use schema::mail::{account, delivery};
use schema::pool::Tx;
use schema::sites::Settings;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Long for Deliver {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        Try { job: self, attempt, env }.run().await
    }
}

/// How long the end of a try is recorded again and again, and how often.
const RECORDING_MAX: Duration = Duration::from_secs(60);
const RECORDING_PAUSE: Duration = Duration::from_millis(200);

/// One try to send one mail.
struct Try<'a> {
    job: &'a Deliver,
    attempt: &'a Attempt,
    env: &'a Env,
}

impl Try<'_> {
    async fn run(&self) -> Outcome {
        let (site_id, outbound_id) = (self.job.site_id, self.job.outbound_id);
        let site = self.env.directory.by_id(site_id).await?;
        if site.is_none() && site_id != SiteId::SYSTEM {
            return self.give_up(Cause::SiteInactive).await;
        }
        let Some(mut tx) = self.attempt.hold(self.env, scope(site_id.0)).await? else {
            return Ok(Verdict::Done);
        };
        let letter = match self.written(&mut tx, site.as_deref()).await? {
            Written::Letter(letter) => letter,
            Written::Nothing => {
                tx.rollback().await;
                return Ok(Verdict::Done);
            }
            Written::Withheld(cause) => {
                tx.rollback().await;
                return self.give_up(cause).await;
            }
        };
        outbox::begin(&mut tx, site_id, outbound_id, &letter.mail.message_id).await?;
        tx.commit().await?;
        match self.send(&letter).await {
            Ok(()) => self.ended(Ended::Sent, None, Verdict::Done).await,
            Err(error) => self.failed(error, letter.failures + 1).await,
        }
    }

    /// The mail of the row, about a ticket or about an account.
    async fn written(&self, tx: &mut Tx, site: Option<&Settings>) -> anyhow::Result<Written> {
        let (site_id, outbound_id) = (self.job.site_id, self.job.outbound_id);
        if let Some(site) = site
            && let Some(outbound) = outbox::lock(tx, site_id, outbound_id).await?
        {
            return ticket_mail::write(outbound, site, self.env);
        }
        match account::lock(tx, site_id, outbound_id).await? {
            Some(mail) => account_mail::write(mail, site, self.env),
            None => Ok(Written::Nothing),
        }
    }

    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let server = self.server(letter.delivery.server()).map_err(SendError::misconfigured)?;
        server.send(&letter.mail).await
    }

    fn server(&self, own: Option<delivery::OwnServer<'_>>) -> anyhow::Result<Arc<dyn MailSender>> {
        self.env.servers.of(self.job.site_id, own, &self.env.seal)
    }

    /// Temporary trouble waits and comes again; a refusal is parked where admins see it.
    async fn failed(&self, error: SendError, failures: i32) -> Outcome {
        let text = error.to_string();
        let is_last = failures >= FAILURES_MAX;
        let wait = Deliver::backoff(i16::try_from(failures).unwrap_or(i16::MAX));
        let wait = wait.max(error.patience().unwrap_or_default());
        let ended = match error {
            SendError::Permanent { .. } => Ended::Failed(Cause::Refused),
            SendError::Unknown { .. } => Ended::Unknown,
            SendError::Temporary { .. } if is_last => Ended::Failed(Cause::Unavailable),
            SendError::Temporary { .. } => Ended::Pending,
        };
        let verdict = match ended {
            Ended::Failed(_) => Verdict::Discard(text.clone()),
            _ if is_last => Verdict::Discard(text.clone()),
            _ => Verdict::Retry(wait, text.clone()),
        };
        self.ended(ended, Some(&text), verdict).await
    }

    async fn give_up(&self, cause: Cause) -> Outcome {
        self.ended(Ended::Failed(cause), Some(letter::why(cause)), Verdict::Done).await
    }

    /// The server has answered: if this is not recorded the mail goes out again. So it is tried while the lease
    /// may still hold, and no longer.
    async fn ended(&self, ended: Ended, error: Option<&str>, verdict: Verdict) -> Outcome {
        let since = Instant::now();
        loop {
            match self.record(ended, error, &verdict).await {
                Ok(()) => return Ok(verdict),
                Err(cause) if since.elapsed() > RECORDING_MAX => return Err(cause),
                Err(cause) => {
                    let cause = format!("{cause:#}");
                    tracing::warn!(job = %self.attempt.id, cause, "a mail's end is not recorded yet");
                    tokio::time::sleep(RECORDING_PAUSE).await;
                }
            }
        }
    }

    async fn record(&self, ended: Ended, error: Option<&str>, verdict: &Verdict) -> anyhow::Result<()> {
        let scope = scope(self.job.site_id.0);
        let tx = match verdict {
            Verdict::Done => self.attempt.finish(self.env, scope).await?,
            _ => self.attempt.hold(self.env, scope).await?,
        };
        let Some(mut tx) = tx else { return Ok(()) };
        outbox::end(&mut tx, self.job.site_id, self.job.outbound_id, ended, error).await?;
        Ok(tx.commit().await?)
    }
}
