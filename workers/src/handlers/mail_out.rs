//! Sending mail from the outbound ledger.
//!
//! The row says `sending` before the first byte leaves, and `sent` in the transaction that ends the job. A mail
//! whose worker died in between goes out again under the same Message-ID and is counted as a repeat: that is the
//! one gap no desk can close, since the server's 250 and our commit are two events.

mod account_mail;

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome, scope};
use crate::io::smtp::{MailAddress, OutgoingMail, SendError};
use crate::templates::{Facts, ReplyFacts, TicketFacts, render};
use jobs::{Job, SiteId, mail_out};
use schema::ledger::Verdict;
use schema::mail::Template;
use schema::mail::account;
use schema::mail::outbox::{self, Ended, Outbound};
use schema::pool::Tx;
use schema::sites::Settings;
use schema::tickets::rules::Status;
use std::time::{Duration, Instant};

impl Long for mail_out::Deliver {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        Try { job: self, attempt, env }.run().await
    }
}

/// How long the end of a try is recorded again and again, and how often.
const RECORDING_MAX: Duration = Duration::from_secs(60);
const RECORDING_PAUSE: Duration = Duration::from_millis(200);

/// One try to send one mail.
struct Try<'a> {
    job: &'a mail_out::Deliver,
    attempt: &'a Attempt,
    env: &'a Env,
}

impl Try<'_> {
    async fn run(&self) -> Outcome {
        let (site_id, outbound_id) = (self.job.site_id, self.job.outbound_id);
        let site = self.env.directory.by_id(site_id).await?;
        if site.is_none() && site_id != SiteId::SYSTEM {
            return self.give_up("the site is not active").await;
        }
        let Some(mut tx) = self.attempt.hold(self.env, scope(site_id.0)).await? else {
            return Ok(Verdict::Done);
        };
        let mail = match self.written(&mut tx, site.as_deref()).await? {
            Written::Mail(mail) => mail,
            Written::Nothing => {
                tx.rollback().await;
                return Ok(Verdict::Done);
            }
            Written::Capped => {
                tx.rollback().await;
                return self.give_up("too many confirmations to this address within an hour").await;
            }
        };
        outbox::begin(&mut tx, site_id, outbound_id, &mail.message_id).await?;
        tx.commit().await?;
        match self.env.mailer.send(&mail).await {
            Ok(()) => self.ended(Ended::Sent, None, Verdict::Done).await,
            Err(error) => self.failed(error).await,
        }
    }

    /// The mail of the row, about a ticket or about an account.
    async fn written(&self, tx: &mut Tx, site: Option<&Settings>) -> anyhow::Result<Written> {
        let (site_id, outbound_id) = (self.job.site_id, self.job.outbound_id);
        let is_waiting = |state: &str| state != "sent";
        if let Some(site) = site
            && let Some(outbound) = outbox::lock(tx, site_id, outbound_id).await?
        {
            return Ok(match is_waiting(&outbound.state) {
                true if outbound.is_capped() => Written::Capped,
                true => Written::Mail(Box::new(compose(&outbound, site, self.env)?)),
                false => Written::Nothing,
            });
        }
        match account::lock(tx, site_id, outbound_id).await? {
            Some(mail) if is_waiting(&mail.state) => {
                Ok(Written::Mail(Box::new(account_mail::compose(&mail, site, self.env)?)))
            }
            _ => Ok(Written::Nothing),
        }
    }

    /// Temporary trouble waits and comes again; a refusal is parked where admins see it.
    async fn failed(&self, error: SendError) -> Outcome {
        let text = error.to_string();
        let again = Verdict::Retry(mail_out::Deliver::backoff(self.attempt.number), text.clone());
        let (ended, verdict) = match error {
            SendError::Permanent { .. } => (Ended::Failed, Verdict::Discard(text.clone())),
            _ if self.attempt.is_last() => (Ended::Failed, again),
            SendError::Unknown { .. } => (Ended::Unknown, again),
            SendError::Temporary { .. } => (Ended::Pending, again),
        };
        self.ended(ended, Some(&text), verdict).await
    }

    async fn give_up(&self, why: &str) -> Outcome {
        self.ended(Ended::Failed, Some(why), Verdict::Done).await
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

/// What is there to be sent.
enum Written {
    Mail(Box<OutgoingMail>),
    /// Sent before, or deleted with its ticket.
    Nothing,
    Capped,
}

/// The mail as it goes out: the same for every try.
fn compose(outbound: &Outbound, site: &Settings, env: &Env) -> anyhow::Result<OutgoingMail> {
    let template = Template::parse(&outbound.template)
        .ok_or_else(|| anyhow::anyhow!("there is no template {:?}", outbound.template))?;
    let rendered = render(template, &facts(outbound, template, site, env))?;
    let from = site.mail_from.as_deref().unwrap_or(&env.mail.from);
    let from = MailAddress::parse(from);
    let domain = from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned();
    let (site_id, number) = (site.id.0, outbound.ticket_number);
    let reply_to = site.support_address.as_deref();
    let reply_to = reply_to.map(|support| MailAddress::new(env.tokens.reply_to(site_id, number, support)));
    let minted = || env.tokens.message_id(site_id, number, outbound.id, &domain);
    Ok(OutgoingMail {
        from,
        to: MailAddress { name: Some(outbound.to_name.clone()), address: outbound.to_address.clone() },
        reply_to,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        message_id: outbound.message_id.clone().unwrap_or_else(minted),
        in_reply_to: outbound.in_reply_to.clone(),
        references: outbound.in_reply_to.clone().into_iter().collect(),
        auto_submitted: template != Template::Reply,
    })
}

fn facts(outbound: &Outbound, template: Template, site: &Settings, env: &Env) -> Facts {
    let text = |name: &str| outbound.facts.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let status = Status::parse(&outbound.status).unwrap_or_default();
    let ticket = TicketFacts {
        ticket_number: match template {
            Template::SupportForm => outbound.reference.clone(),
            _ => outbound.ticket_number.to_string(),
        },
        subject: outbound.subject.clone(),
        visitor_name: outbound.visitor_name.clone(),
        // What the mail says was true when it was caused, whatever the ticket became since.
        status_label: text("status_label").unwrap_or_else(|| match template {
            Template::SupportForm => Status::Pending.label().to_owned(),
            Template::Resolved => Status::Resolved.label().to_owned(),
            Template::Closed => Status::Closed.label().to_owned(),
            _ => status.label().to_owned(),
        }),
    };
    let url = format!("{}/tickets/{}", env.mail.frontend_url, outbound.ticket_id);
    let mut facts = Facts::of(ticket, url);
    facts.team_name.clone_from(&site.support_team_name);
    facts.reopening_line = text("opening_text");
    facts.reply = outbound.reply_body.clone().map(|body| ReplyFacts {
        agent_name: outbound.agent_name.clone().unwrap_or_else(|| site.support_team_name.clone()),
        body,
    });
    facts
}
