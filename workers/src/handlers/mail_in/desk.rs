//! One mail at its desk: the transaction in which it gets exactly one outcome.

use super::reading::Arrived;
use super::tickets::forget_stale;
use crate::env::Env;
use crate::handler::{Attempt, Outcome as Answer};
use chrono::{DateTime, Utc};
use jobs::MailId;
use schema::ledger::Verdict;
use schema::mail::inbound::{self, Outcome, Quarantine};
use schema::mail::rules::{Incoming, address, reply};
use schema::pool::{Scope, Tx};
use schema::sites::Settings;
use schema::tickets::{Ends, NewAttachment, NewTicket};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

pub const WORKER: &str = "mail-in";

pub struct Desk<'a> {
    pub id: MailId,
    pub arrived: &'a Arrived,
    /// Somebody took it out of quarantine and gave it to this site: it is not put back there.
    pub is_assigned: bool,
    pub site: &'a Arc<Settings>,
    pub files: Vec<NewAttachment>,
    pub env: &'a Env,
    pub now: DateTime<Utc>,
}

impl Desk<'_> {
    /// Settles the mail. On any answer but done nothing of it was stored.
    pub async fn decide(self, attempt: &Attempt) -> Answer {
        if self.is_news() {
            return self.file(attempt).await;
        }
        let (id, site) = (self.id, self.site.id);
        let Some(mut tx) = attempt.finish(self.env, Scope::Site(site)).await? else {
            return Ok(Verdict::Done);
        };
        let outcome = self.outcome(&mut tx).await?;
        inbound::settle(&mut tx, id, Some(site), &outcome).await?;
        tx.commit().await?;
        Ok(Verdict::Done)
    }

    pub fn mail(&self) -> &Incoming {
        &self.arrived.mail
    }

    /// Nothing in it could name an earlier ticket, so that it is a ticket without a look at any.
    fn is_news(&self) -> bool {
        let mail = self.mail();
        let is_plain = !self.is_report() && !self.is_own() && mail.ancestors().next().is_none();
        let numbers =
            reply::ticket_number(&mail.subject).is_some() || reply::support_number(&mail.subject).is_some();
        is_plain && !numbers && !self.may_hold_token()
    }

    /// A mail of ours that came back to us.
    pub fn is_own(&self) -> bool {
        let mail = self.mail();
        let is_ours = mail.message_id.as_deref().is_some_and(|id| self.tokens([id]).next().is_some());
        is_ours && self.is_from_us()
    }

    /// Whether it was sent under one of the site's own addresses.
    pub fn is_from_us(&self) -> bool {
        let sender = &self.mail().sender.address;
        self.site.support_addresses.iter().chain(&self.site.mail_from).any(|ours| {
            let ours = ours.rsplit('<').next().unwrap_or(ours).trim_end_matches('>');
            address::is_same_mailbox(ours, sender)
        })
    }

    pub fn is_report(&self) -> bool {
        let mail = self.mail();
        mail.delivery_report.is_some() || mail.read_receipt.is_some() || mail.feedback_report.is_some()
    }

    /// A new ticket, made together with those of other mails.
    async fn file(self, attempt: &Attempt) -> Answer {
        let (env, site) = (self.env, self.site.id);
        let body = self.arrived.body.clone();
        let ends =
            Ends { job_id: attempt.id, token: attempt.token, mail_id: self.id, people: self.invited(), body };
        let ticket = NewTicket { ends: Some(ends), ..self.new_ticket(None) };
        match env.intake.create(ticket).await {
            Ok(_) => {
                attempt.finished.store(true, Ordering::Release);
                Ok(Verdict::Done)
            }
            // Whoever has the lease now makes the ticket.
            Err(schema::tickets::NotCreated::LeaseLost) => Ok(Verdict::Snooze(Duration::ZERO)),
            Err(error) => Err(forget_stale(error, env, site).into()),
        }
    }

    async fn outcome(self, tx: &mut Tx) -> anyhow::Result<Outcome> {
        if self.is_own() && !self.is_assigned {
            return Ok(Outcome::Quarantine(Quarantine::of("own_mail", self.mail())));
        }
        let found = self.find(tx).await?;
        if self.is_report() || self.is_robot() {
            return self.machine(tx, found).await;
        }
        match found {
            Some(found) if found.is_proven || found.thread.is_participant => self.reply(tx, found).await,
            // Somebody else's ticket is named, not joined.
            other => self.ticket(tx, other.map(|found| found.thread.ticket_number)).await,
        }
    }
}
