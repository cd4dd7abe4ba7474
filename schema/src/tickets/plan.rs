//! What creating a ticket writes: its row, its audit entry, its confirmation and its jobs. Pure.

use super::rules::{Priority, Source, numbering_year};
use crate::audit::Entry;
use crate::mail::bodies::Body;
use crate::mail::{NewMail, Template};
use crate::sites::Settings;
use crate::sla::rules::{WARNS_BEFORE, due};
use chrono::{DateTime, Utc};
use jobs::{MailId, NewJob, OutboundId, SubmissionId, TicketId, UserId, routing, sla};
use serde::Serialize;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// A ticket to be made, in the words of whoever asks for it.
#[derive(Clone, Debug)]
pub struct NewTicket {
    pub id: TicketId,
    pub site: Arc<Settings>,
    pub subject: String,
    pub message: String,
    pub visitor_name: String,
    pub visitor_email: Option<String>,
    pub visitor_phone: Option<String>,
    pub user_id: Option<UserId>,
    /// Who wrote it down, when that is not its user.
    pub actor_id: Option<UserId>,
    pub priority: Priority,
    pub department_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    pub source: Source,
    pub custom_fields: Value,
    pub form_submission_id: Option<SubmissionId>,
    pub attachments: Vec<NewAttachment>,
    pub confirmation: Option<Confirmation>,
    pub created_at: DateTime<Utc>,
    pub origin: Origin,
    pub idempotency: Option<NewKey>,
    /// What ends in the same transaction.
    pub ends: Option<Ends>,
}

/// The job that makes a ticket of a mail: both are settled with the ticket, or nothing is.
#[derive(Clone, Debug)]
pub struct Ends {
    pub job_id: Uuid,
    /// The lease under which the job is held.
    pub token: Uuid,
    pub mail_id: MailId,
    /// Whom the mail was sent to besides, as [`add_participants`](crate::mail::threads::add_participants) takes them.
    pub people: Vec<(String, String)>,
    /// The mail's page and pieces, if it has any.
    pub body: Option<Box<Body>>,
}

/// Where a request came from, for the audit log and for following it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub ip_address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub trace_id: Option<String>,
    /// The worker that acts, when no request does.
    pub worker: Option<&'static str>,
}

/// A file that hangs on the ticket, or the note that one was refused.
#[derive(Clone, Debug, Serialize)]
pub struct NewAttachment {
    pub id: Uuid,
    pub file_name: String,
    pub content_type: String,
    pub size_bytes: i64,
    pub storage_key: Option<String>,
    pub refused_because: Option<String>,
    pub content_id: Option<String>,
}

/// The mail that tells the sender that the ticket exists.
#[derive(Clone, Debug)]
pub struct Confirmation {
    pub template: Template,
    pub facts: Value,
    pub in_reply_to: Option<String>,
}

/// The answer to remember under the caller's Idempotency-Key.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub route: &'static str,
    pub key: String,
    /// Hash of the request, as hex: the same key with another request is refused.
    pub request_hash: String,
}

/// What one ticket needs beside its own columns.
pub(super) struct Plan {
    pub year: String,
    pub due_date: Option<DateTime<Utc>>,
    pub attachments: Vec<Value>,
    pub audit: Entry,
    pub mail: Option<NewMail>,
    pub key: Option<Value>,
    pub jobs: Vec<NewJob>,
}

pub(super) fn plan(ticket: &NewTicket) -> Plan {
    let due_date = due(&ticket.site.calendar, &ticket.site.targets, ticket.priority, ticket.created_at);
    let mail = confirmation(ticket);
    let jobs = jobs(ticket, due_date, mail.as_ref());
    Plan {
        year: numbering_year(ticket.created_at, ticket.site.calendar.zone()).to_string(),
        due_date,
        attachments: ticket.attachments.iter().map(|file| attachment(ticket, file)).collect(),
        audit: audit(ticket),
        mail,
        key: ticket.idempotency.as_ref().map(|key| remembered(ticket, key, due_date)),
        jobs,
    }
}

fn attachment(ticket: &NewTicket, file: &NewAttachment) -> Value {
    let mut row = crate::pool::to_json(file);
    row["site_id"] = json!(ticket.site.id);
    row["ticket_id"] = json!(ticket.id);
    row
}

fn audit(ticket: &NewTicket) -> Entry {
    let origin = &ticket.origin;
    let mut details = json!({ "source": ticket.source.as_str() });
    if let Some(worker) = origin.worker {
        details["worker"] = json!(worker);
    }
    Entry {
        actor_id: ticket.actor_id.or(ticket.user_id),
        ip_address: origin.ip_address,
        user_agent: origin.user_agent.clone(),
        ..Entry::of_ticket(ticket.site.id, ticket.id, "CREATE", ticket.created_at).with(details)
    }
}

fn confirmation(ticket: &NewTicket) -> Option<NewMail> {
    let (confirmation, address) = (ticket.confirmation.as_ref()?, ticket.visitor_email.as_ref()?);
    Some(NewMail {
        id: OutboundId::fresh(),
        site_id: ticket.site.id,
        ticket_id: ticket.id,
        reply_id: None,
        template: confirmation.template,
        to_address: address.clone(),
        to_name: ticket.visitor_name.clone(),
        facts: confirmation.facts.clone(),
        in_reply_to: confirmation.in_reply_to.clone(),
    })
}

/// Route it, confirm it, and look at its deadline in time.
fn jobs(ticket: &NewTicket, due_date: Option<DateTime<Utc>>, mail: Option<&NewMail>) -> Vec<NewJob> {
    let (site_id, ticket_id) = (ticket.site.id, ticket.id);
    let mut jobs = vec![NewJob::of(&routing::Route { site_id, ticket_id })];
    jobs.extend(mail.map(NewMail::new_job));
    jobs.extend(due_date.map(|due| NewJob::of(&sla::Watch { site_id, ticket_id }).at(due - WARNS_BEFORE)));
    jobs.into_iter().map(|job| job.traced(ticket.origin.trace_id.clone())).collect()
}

fn remembered(ticket: &NewTicket, key: &NewKey, due_date: Option<DateTime<Utc>>) -> Value {
    json!({
        "site_id": ticket.site.id,
        "route": key.route,
        "key": key.key,
        "request_hash": key.request_hash,
        "status": 201,
        "answer": { "ticket_id": ticket.id, "sla_due_date": due_date },
    })
}
