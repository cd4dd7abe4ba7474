//! Answering in a ticket: an agent's reply or note, and what a customer's reply does to it (A8-24…28).

use super::hand::{Conflict, Hand, Refused};
use super::intake::{Created, NotCreated, create_within};
use super::plan::{Confirmation, NewAttachment, NewTicket};
use super::rules::{Kind, Priority, ReplyEffect, Source, Standing, Status, closes_by_itself, reply_effect};
use super::status::{By, NotChanged, Warrant, close_resolved, open, step};
use super::status_row::{Row, lock};
use crate::audit::Entry;
use crate::mail::threads::{self, NewReply};
use crate::mail::{NewMail, Template};
use crate::pool::{Db, DbError, Scope, Tx};
use crate::sites::Settings;
use chrono::{DateTime, Utc};
use jobs::{OutboundId, SiteId, TicketId, UserId};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// What somebody says.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: Uuid,
    pub body: String,
    /// For the desk only: it changes no status, is mailed to nobody and shown to no customer (A8-06).
    pub is_internal: bool,
    /// The name and address it is said under.
    pub name: String,
    pub email: String,
    pub attachments: Vec<NewAttachment>,
}

/// What came of a customer's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// In this ticket.
    Reply(TicketId),
    /// The ticket is closed: this one goes on in its place.
    NewTicket(Created),
}

/// An agent's reply, which the customer gets by mail, or a note. The first reply opens a new ticket (A8-14).
///
/// # Errors
/// See [`Refused`]; a closed ticket is not answered.
pub async fn reply(db: &Db, hand: &Hand<'_>, ticket: TicketId, said: &Said) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    reply_within(&mut tx, hand, ticket, said).await?;
    tx.commit().await?;
    Ok(())
}

/// As [`reply`], inside an open transaction of the site. What is refused has written nothing.
///
/// # Errors
/// See [`reply`].
pub async fn reply_within(
    tx: &mut Tx,
    hand: &Hand<'_>,
    ticket: TicketId,
    said: &Said,
) -> Result<(), Refused> {
    let row = hand.lay(tx, ticket).await?;
    let kind = row.standing().kind;
    if kind == Kind::Closed || closes_by_itself(kind, row.resolved_at, hand.now) {
        return Err(Refused::Conflict(Conflict::Closed));
    }
    if kind == Kind::New && !said.is_internal {
        step(tx, hand.site, &row, &Status::Open.into(), Warrant::Rules, hand.by, hand.now).await?;
    }
    add(tx, hand, ticket, hand.by.user_id, said).await?;
    if let Some(mail) = mail(&row, said) {
        tx.mail(mail);
    }
    Ok(())
}

/// A customer's reply to a ticket of his. Where the ticket is closed, or counts as closed, a new one is made that names
/// it (A8-27, A8-28); where it was merged, the other one hears him.
///
/// # Errors
/// See [`Refused`]; a ticket of somebody else is not there.
pub async fn customer_reply(
    db: &Db,
    hand: &Hand<'_>,
    site: &Arc<Settings>,
    ticket: TicketId,
    said: &Said,
) -> Result<Heard, Refused> {
    let mut tx = db.begin(Scope::Site(site.id)).await?;
    let own =
        lock(&mut tx, site.id, ticket).await?.filter(|row| row.user_id == hand.by.user_id.map(|id| id.0));
    let own = own.ok_or(Refused::NotFound)?;
    hand.pass(&mut tx, &own).await?;
    let row = match own.merged_into {
        Some(_) => head(&mut tx, &own).await?,
        None => own,
    };
    let heard = match receive(&mut tx, site, &row.heard(), hand.by, hand.now).await? {
        true => {
            add(&mut tx, hand, row.ticket(), None, said).await?;
            Heard::Reply(row.ticket())
        }
        false => Heard::NewTicket(follow(&mut tx, hand, site, &row, said).await?),
    };
    tx.commit().await?;
    Ok(heard)
}

/// A ticket as a customer's reply finds it.
#[derive(Clone, Debug)]
pub struct Hearing {
    pub ticket: TicketId,
    pub standing: Standing,
    pub resolved_at: Option<DateTime<Utc>>,
}

/// What a customer's reply does to the ticket's status; whether the ticket takes the reply at all. One that does not is
/// closed, even if the job that says so has not run yet (A8-27): the reply becomes a new ticket.
///
/// # Errors
/// See [`NotChanged`].
pub async fn receive(
    tx: &mut Tx,
    site: &Settings,
    hearing: &Hearing,
    by: &By,
    now: DateTime<Utc>,
) -> Result<bool, NotChanged> {
    match reply_effect(hearing.standing.clone(), hearing.resolved_at, now) {
        ReplyEffect::Keep => Ok(true),
        ReplyEffect::Open | ReplyEffect::Reopen => {
            open(tx, site, hearing.ticket, by, now).await?;
            Ok(true)
        }
        ReplyEffect::NewTicket => {
            close_resolved(tx, site.id, hearing.ticket, now).await?;
            Ok(false)
        }
    }
}

impl Row {
    fn heard(&self) -> Hearing {
        Hearing { ticket: self.ticket(), standing: self.standing(), resolved_at: self.resolved_at }
    }
}

async fn head(tx: &mut Tx, row: &Row) -> Result<Row, Refused> {
    let head = super::merge::head(tx, row.site(), row.ticket()).await?;
    lock(tx, row.site(), head).await?.ok_or(Refused::NotFound)
}

async fn add(
    tx: &mut Tx,
    hand: &Hand<'_>,
    ticket: TicketId,
    agent_id: Option<UserId>,
    said: &Said,
) -> Result<(), DbError> {
    let reply = NewReply {
        id: said.id,
        ticket_id: ticket,
        agent_id,
        sender_name: said.name.clone(),
        sender_email: said.email.clone(),
        sender_unverified: false,
        body: said.body.clone(),
        is_internal: said.is_internal,
    };
    write(tx, hand.site.id, hand.by, &reply, &said.attachments, hand.now).await
}

/// Writes down what somebody said in a ticket, with its files and its entry in the log. It changes no status and is
/// mailed to nobody.
///
/// # Errors
/// The database is away.
pub async fn write(
    tx: &mut Tx,
    site: SiteId,
    by: &By,
    reply: &NewReply,
    files: &[NewAttachment],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    threads::add_reply(tx, site, reply, now).await?;
    threads::attach(tx, site, reply.ticket_id, reply.id, files).await?;
    let entry = Entry::of(site, by, "TICKET_REPLY", ("ticket", reply.ticket_id.0), now);
    tx.audit(entry.with(json!({ "reply_id": reply.id, "is_internal": reply.is_internal })));
    Ok(())
}

/// To the ticket's own address, else to that of its visitor; without any nothing is sent (B10-54).
fn mail(row: &Row, said: &Said) -> Option<NewMail> {
    if said.is_internal {
        return None;
    }
    Some(NewMail {
        id: OutboundId::fresh(),
        site_id: row.site(),
        ticket_id: row.ticket(),
        reply_id: Some(said.id),
        template: Template::Reply,
        to_address: row.email.clone()?,
        to_name: row.visitor_name.clone(),
        facts: json!({}),
        in_reply_to: None,
    })
}

/// The new ticket that a reply to a closed one becomes.
async fn follow(
    tx: &mut Tx,
    hand: &Hand<'_>,
    site: &Arc<Settings>,
    row: &Row,
    said: &Said,
) -> Result<Created, Refused> {
    let previous = super::view::record(tx, site.id, row.ticket()).await?.ok_or(Refused::NotFound)?;
    let ticket = NewTicket {
        id: TicketId::fresh(),
        site: site.clone(),
        subject: previous.card.subject,
        message: said.body.clone(),
        visitor_name: previous.card.visitor_name,
        visitor_email: previous.card.visitor_email,
        visitor_phone: previous.card.visitor_phone,
        user_id: previous.user_id.map(UserId),
        actor_id: hand.by.user_id,
        priority: Priority::default(),
        department_id: previous.card.department_id,
        category_id: previous.card.category_id,
        source: Source::Api,
        custom_fields: json!({ "previous_ticket_number": row.ticket_number }),
        form_submission_id: None,
        attachments: said.attachments.clone(),
        confirmation: Some(Confirmation {
            template: Template::Acknowledgement,
            facts: json!({}),
            in_reply_to: None,
        }),
        created_at: hand.now,
        origin: hand.by.origin.clone(),
        idempotency: None,
        ends: None,
    };
    Ok(create_within(tx, &ticket).await?)
}

impl From<NotCreated> for Refused {
    fn from(error: NotCreated) -> Self {
        match error {
            NotCreated::StaleSettings => Refused::StaleSettings,
            // The others cannot be: no key, no submission and no lease is named.
            error => Refused::Database(DbError::Busy(error.to_string())),
        }
    }
}
