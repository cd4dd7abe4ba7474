//! Which outcome a read mail has, and the one transaction that makes it so.

use crate::env::Env;
use crate::handler::{Attempt, Outcome as Answer};
use chrono::{DateTime, Utc};
use jobs::{MailId, OutboundId, TicketId, UserId};
use schema::ledger::Verdict;
use schema::mail::inbound::{self, Outcome};
use schema::mail::rules::{Incoming, address, priority, reply};
use schema::mail::threads::{self, Named, NewReply, Thread};
use schema::mail::{NewMail, Template};
use schema::pool::{Scope, Tx};
use schema::sites::Settings;
use schema::tickets::rules::{Kind, Priority, ReplyEffect, Source, reply_effect};
use schema::tickets::status::{self, By, NotChanged, close_resolved};
use schema::tickets::{Confirmation, Ends, NewAttachment, NewTicket, NotCreated, Origin, create_within};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use uuid::Uuid;

const WORKER: &str = "mail-in";

/// One mail at its desk.
struct Desk<'a> {
    mail: &'a Incoming,
    site: &'a Arc<Settings>,
    files: Vec<NewAttachment>,
    env: &'a Env,
    now: DateTime<Utc>,
}

/// Settles a mail. On any answer but done nothing of it was stored.
pub async fn decide(
    id: MailId,
    mail: &Incoming,
    site: &Arc<Settings>,
    files: Vec<NewAttachment>,
    attempt: &Attempt,
    env: &Env,
) -> Answer {
    let desk = Desk { mail, site, files, env, now: env.now() };
    if desk.is_news() {
        return desk.file(id, attempt).await;
    }
    let Some(mut tx) = attempt.finish(env, Scope::Site(site.id)).await? else { return Ok(Verdict::Done) };
    let outcome = desk.outcome(&mut tx).await?;
    inbound::settle(&mut tx, id, Some(site.id), &outcome).await?;
    tx.commit().await?;
    Ok(Verdict::Done)
}

/// A ticket the mail may belong to.
struct Found {
    thread: Thread,
    /// Named by a token that only we can mint.
    is_proven: bool,
}

impl Desk<'_> {
    /// Nothing in it could name an earlier ticket, so that it needs no look at any.
    fn is_news(&self) -> bool {
        let mail = self.mail;
        let is_plain = mail.delivery_report.is_none() && mail.ancestors().next().is_none();
        let numbers =
            reply::ticket_number(&mail.subject).is_some() || reply::support_number(&mail.subject).is_some();
        is_plain && !numbers && self.env.tokens.find(self.site.id.0, [], mail.recipients()).is_none()
    }

    /// A new ticket, made together with those of other mails.
    async fn file(self, id: MailId, attempt: &Attempt) -> Answer {
        let (env, site) = (self.env, self.site.id);
        let ends = Ends { job_id: attempt.id, token: attempt.token, mail_id: id };
        let ticket = NewTicket { ends: Some(ends), ..self.new_ticket(None) };
        match env.intake.create(ticket).await {
            Ok(_) => {
                attempt.finished.store(true, Ordering::Release);
                Ok(Verdict::Done)
            }
            // Whoever has the lease now makes the ticket.
            Err(NotCreated::LeaseLost) => Ok(Verdict::Snooze(Duration::ZERO)),
            Err(error) => {
                if matches!(error, NotCreated::StaleSettings) {
                    env.directory.forget(site);
                }
                Err(error.into())
            }
        }
    }

    async fn outcome(self, tx: &mut Tx) -> anyhow::Result<Outcome> {
        let found = self.find(tx).await?;
        if self.mail.delivery_report.is_some() {
            return self.report(tx, found).await;
        }
        match found {
            Some(found) if found.is_proven || found.thread.is_participant => self.reply(tx, found).await,
            // Somebody else's ticket is named, not joined.
            other => self.ticket(tx, other.map(|found| found.thread.ticket_number)).await,
        }
    }

    /// Our token first, then what we have received before, then a number in the subject.
    async fn find(&self, tx: &mut Tx) -> anyhow::Result<Option<Found>> {
        let (mail, site) = (self.mail, self.site.id);
        let original = mail.delivery_report.as_ref().and_then(|report| report.original_message_id.as_deref());
        let token = self.env.tokens.find(site.0, mail.ancestors().chain(original), mail.recipients());
        if let Some(number) = token
            && let Some(thread) = threads::find(tx, site, Named::Number(number), &mail.sender.address).await?
        {
            return Ok(Some(Found { thread, is_proven: true }));
        }
        let ancestors: Vec<String> = mail.ancestors().map(str::to_owned).collect();
        let mut names = Vec::with_capacity(3);
        if !ancestors.is_empty() {
            names.push(Named::Ancestors(&ancestors));
        }
        names.extend(reply::ticket_number(&mail.subject).map(Named::Number));
        names.extend(reply::support_number(&mail.subject).map(Named::Reference));
        for named in names {
            if let Some(thread) = threads::find(tx, site, named, &mail.sender.address).await? {
                return Ok(Some(Found { thread, is_proven: false }));
            }
        }
        Ok(None)
    }

    /// A report about a mail of ours is noted at its ticket and changes nothing there.
    async fn report(self, tx: &mut Tx, found: Option<Found>) -> anyhow::Result<Outcome> {
        let Some(found) = found.filter(|found| found.is_proven) else {
            return Ok(Outcome::Quarantine("delivery_report".into()));
        };
        let ticket = TicketId(found.thread.id);
        let reply = self.add(tx, ticket, None, true, true).await?;
        Ok(Outcome::Note(ticket, reply))
    }

    async fn reply(self, tx: &mut Tx, found: Found) -> anyhow::Result<Outcome> {
        let (thread, ticket) = (&found.thread, TicketId(found.thread.id));
        // Whose address it is proves nothing; with our token in the mail it is an agent who was written to.
        let agent = thread.staff_id.filter(|_| found.is_proven && !thread.is_participant).map(UserId);
        if let Some(agent) = agent {
            return self.agent_reply(tx, &found.thread, agent).await;
        }
        let is_answer = thread.is_participant && self.mail.machine.is_none();
        let effect = match is_answer {
            true => reply_effect(thread.standing(), thread.resolved_at, self.now),
            false => ReplyEffect::Keep,
        };
        match effect {
            ReplyEffect::NewTicket => {
                // It counts as closed, even if the job that says so has not run yet (A8-27).
                close_resolved(tx, self.site.id, ticket, self.now).await?;
                return self.ticket(tx, Some(thread.ticket_number)).await;
            }
            ReplyEffect::Reopen | ReplyEffect::Open => self.open(tx, ticket, None).await?,
            ReplyEffect::Keep => {}
        }
        let reply = self.add(tx, ticket, None, !thread.is_participant, false).await?;
        Ok(Outcome::Reply(ticket, reply))
    }

    /// An agent answered by mail: the customer hears of it (B10-27).
    async fn agent_reply(self, tx: &mut Tx, thread: &Thread, agent: UserId) -> anyhow::Result<Outcome> {
        let ticket = TicketId(thread.id);
        let site = self.site.clone();
        if thread.standing().kind == Kind::New {
            self.open(tx, ticket, Some(agent)).await?;
        }
        let reply = self.add(tx, ticket, Some(agent), false, false).await?;
        if let Some((address, name)) = threads::requester(tx, site.id, ticket).await? {
            tx.mail(NewMail {
                id: OutboundId::fresh(),
                site_id: site.id,
                ticket_id: ticket,
                reply_id: Some(reply),
                template: Template::Reply,
                to_address: address,
                to_name: name,
                facts: json!({}),
                in_reply_to: None,
            });
        }
        Ok(Outcome::Reply(ticket, reply))
    }

    async fn open(&self, tx: &mut Tx, ticket: TicketId, user_id: Option<UserId>) -> anyhow::Result<()> {
        let by = By { user_id, ..By::worker(WORKER) };
        let changed = status::open(tx, self.site, ticket, &by, self.now).await;
        if matches!(changed, Err(NotChanged::StaleSettings)) {
            self.env.directory.forget(self.site.id);
        }
        changed?;
        Ok(())
    }

    async fn add(
        self,
        tx: &mut Tx,
        ticket: TicketId,
        agent_id: Option<UserId>,
        sender_unverified: bool,
        is_internal: bool,
    ) -> anyhow::Result<Uuid> {
        let reply = NewReply {
            id: Uuid::now_v7(),
            ticket_id: ticket,
            agent_id,
            sender_name: self.mail.sender.name.clone(),
            sender_email: self.mail.sender.address.clone(),
            sender_unverified,
            body: self.mail.text.clone(),
            is_internal,
        };
        threads::add_reply(tx, self.site.id, &reply, self.now).await?;
        threads::attach(tx, self.site.id, ticket, reply.id, &self.files).await?;
        Ok(reply.id)
    }

    async fn ticket(self, tx: &mut Tx, previous: Option<i64>) -> anyhow::Result<Outcome> {
        let (site, env) = (self.site.clone(), self.env);
        let ticket = self.new_ticket(previous);
        match create_within(tx, &ticket).await {
            Ok(created) => Ok(Outcome::Ticket(TicketId(created.id))),
            Err(error) => {
                if matches!(error, NotCreated::StaleSettings) {
                    env.directory.forget(site.id);
                }
                Err(error.into())
            }
        }
    }

    fn new_ticket(self, previous: Option<i64>) -> NewTicket {
        let mail = self.mail;
        let is_own = self.site.support_address.as_deref();
        let is_own = is_own.is_some_and(|ours| address::is_same_mailbox(ours, &mail.sender.address));
        let confirmation = (mail.machine.is_none() && !is_own).then(|| Confirmation {
            template: Template::Acknowledgement,
            facts: json!({}),
            in_reply_to: mail.message_id.clone(),
        });
        NewTicket {
            id: TicketId::fresh(),
            site: self.site.clone(),
            subject: mail.subject.clone(),
            message: mail.text.clone(),
            visitor_name: mail.sender.name.clone(),
            visitor_email: Some(mail.sender.address.clone()),
            visitor_phone: None,
            user_id: None,
            actor_id: None,
            priority: Priority::parse(priority::priority(&mail.subject, &mail.text).code())
                .unwrap_or_default(),
            department_id: None,
            category_id: None,
            source: Source::Email,
            custom_fields: custom_fields(mail, previous),
            form_submission_id: None,
            attachments: self.files,
            confirmation,
            created_at: self.now,
            origin: Origin { worker: Some(WORKER), ..Origin::default() },
            idempotency: None,
            ends: None,
        }
    }
}

fn custom_fields(mail: &Incoming, previous: Option<i64>) -> Value {
    let mut fields = json!({});
    if let Some(number) = previous {
        fields["previous_ticket_number"] = json!(number);
    }
    if mail.machine.is_some() {
        fields["is_machine_mail"] = json!(true);
    }
    fields
}
