//! Changes a ticket's status: one locked row, its times, its audit entry, its mail and its jobs.
//!
//! [`change`] is for whoever wants a status: an agent, or a customer whose reply reopens. [`close_resolved`] is for
//! the clock: silence of 48 hours closes. Both lock the row first, so of two callers the second judges what the
//! first has left.
//!
//! Reopening (A8-25…29) reckons a new due date from the reopening, takes the warning back and has the deadline
//! watched again; a breach stays a breach. In the statuses a site names the clock stands still; leaving them moves the
//! due date.

use super::plan::Origin;
use super::rules::{
    ForbiddenTransition, Stamps, Status, autoclose_at, check_transition, closes_by_itself, mails_customer,
    stamped,
};
use super::status_row::{Row, lock};
use crate::audit::Entry;
use crate::mail::{NewMail, Template};
use crate::pool::{DbError, DbResult, Tx};
use crate::sites::Settings;
use crate::sla::rules::{Clock, WARNS_BEFORE, due, is_late};
use crate::sla::watch_job;
use chrono::{DateTime, Utc};
use jobs::{NewJob, OutboundId, SiteId, TicketId, UserId, autoclose};
use serde_json::{Value, json};

/// Who changes a status: a person, a request that stands for one, or a worker.
#[derive(Clone, Debug, Default)]
pub struct By {
    pub user_id: Option<UserId>,
    pub origin: Origin,
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    pub ticket_number: i64,
    pub old: Status,
    pub new: Status,
}

/// Why a status stayed as it was; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    #[error("the site has no such ticket")]
    NotFound,
    /// Its text goes to the caller as it stands.
    #[error(transparent)]
    Forbidden(#[from] ForbiddenTransition),
    #[error("the site's settings have changed since they were read")]
    StaleSettings,
    #[error(transparent)]
    Database(#[from] DbError),
}

/// What came of a wish to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    Closed,
    /// Resolved, perhaps anew, and to be asked again at `until`.
    TooEarly {
        until: DateTime<Utc>,
    },
    /// Not resolved any more, or gone.
    Nothing,
}

impl By {
    /// The system itself, in the person of this worker.
    #[must_use]
    pub fn worker(name: &'static str) -> Self {
        By { user_id: None, origin: Origin { worker: Some(name), ..Origin::default() } }
    }
}

/// Changes the status of a ticket of `site`. `tx` acts for that site.
///
/// # Errors
/// See [`NotChanged`].
pub async fn change(
    tx: &mut Tx,
    site: &Settings,
    ticket: TicketId,
    to: Status,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Changed, NotChanged> {
    let row = lock(tx, site.id, ticket).await?.ok_or(NotChanged::NotFound)?;
    let old = row.status()?;
    let reopens = old == Status::Resolved && to == Status::Open;
    if reopens && closes_by_itself(old, row.resolved_at, now) {
        // Closed in all but name: the job that says so is on its way (A8-27).
        return Err(ForbiddenTransition { from: Status::Closed, to }.into());
    }
    check_transition(old, to)?;
    let clock = clock_after(&row, site, reopens, to, now)?;
    let mut next = Next::of(&row, old, to, clock, now);
    if reopens {
        next.sla_breach_notified = false;
    }
    write(tx, &row, &next, by, now).await?;
    Ok(Changed { ticket_number: row.ticket_number, old, new: to })
}

/// The clock that a change of status leaves: begun anew by a reopening, else stopped or started as the site has it.
fn clock_after(
    row: &Row,
    site: &Settings,
    reopens: bool,
    to: Status,
    now: DateTime<Utc>,
) -> Result<Clock, NotChanged> {
    let clock = row.clock();
    if to.is_settled() && clock.standing.is_none() {
        return Ok(clock);
    }
    if row.settings_version != site.version {
        return Err(NotChanged::StaleSettings);
    }
    if reopens {
        let due = row.priority().and_then(|priority| due(&site.calendar, &site.targets, priority, now));
        return Ok(Clock::started(due));
    }
    Ok(clock.turned(&site.calendar, site.pauses(to.as_str()), now))
}

/// Closes a ticket that has been resolved for 48 hours, in the name of the system.
///
/// # Errors
/// The database is away.
pub async fn close_resolved(
    tx: &mut Tx,
    site: SiteId,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> DbResult<Closing> {
    let Some(row) = lock(tx, site, ticket).await? else { return Ok(Closing::Nothing) };
    let (Ok(old @ Status::Resolved), Some(resolved_at)) = (row.status(), row.resolved_at) else {
        return Ok(Closing::Nothing);
    };
    if !closes_by_itself(old, row.resolved_at, now) {
        return Ok(Closing::TooEarly { until: autoclose_at(resolved_at) });
    }
    let next = Next::of(&row, old, Status::Closed, row.clock(), now);
    write(tx, &row, &next, &By::worker("autoclose"), now).await?;
    Ok(Closing::Closed)
}

/// The job that closes a ticket at `at` if it is still resolved by then; one per ticket and instant.
#[must_use]
pub fn close_job(site: SiteId, ticket: TicketId, at: DateTime<Utc>) -> NewJob {
    let key = format!("ticket.autoclose:{ticket}:{}", at.timestamp_micros());
    NewJob::of(&autoclose::Close { site_id: site, ticket_id: ticket }).at(at).unless_pending(key)
}

/// What a change leaves in the row.
pub(super) struct Next {
    pub old: Status,
    pub status: Status,
    pub stamps: Stamps,
    pub clock: Clock,
    pub sla_breach_notified: bool,
    pub sla_breached: bool,
    pub sla_breach_time: Option<DateTime<Utc>>,
}

impl Next {
    fn of(row: &Row, old: Status, to: Status, clock: Clock, now: DateTime<Utc>) -> Self {
        let before = Stamps { updated_at: now, resolved_at: row.resolved_at, closed_at: row.closed_at };
        let breaches = to == Status::Resolved && !row.sla_breached && is_late(now, clock.due);
        Next {
            old,
            status: to,
            stamps: stamped(before, to, now),
            clock,
            sla_breach_notified: row.sla_breach_notified,
            sla_breached: row.sla_breached || breaches,
            sla_breach_time: if breaches { Some(now) } else { row.sla_breach_time },
        }
    }
}

async fn write(tx: &mut Tx, row: &Row, next: &Next, by: &By, now: DateTime<Utc>) -> DbResult<()> {
    row.update(tx, next).await?;
    tx.audit(entry(row, next, by, now));
    if let Some(mail) = mail(row, next.status) {
        tx.mail(mail);
    }
    if let Some(job) = follow_up(row, next) {
        tx.enqueue(job.traced(by.origin.trace_id.clone()));
    }
    Ok(())
}

fn entry(row: &Row, next: &Next, by: &By, now: DateTime<Utc>) -> Entry {
    let mut details = json!({ "old_status": next.old, "new_status": next.status });
    if let Some(worker) = by.origin.worker {
        details["worker"] = json!(worker);
    }
    Entry {
        actor_id: by.user_id,
        changes: changes(row, next),
        ip_address: by.origin.ip_address,
        user_agent: by.origin.user_agent.clone(),
        ..Entry::of_ticket(row.site(), row.ticket(), "TICKET_STATUS_CHANGE", now).with(details)
    }
}

fn changes(row: &Row, next: &Next) -> Value {
    let mut changes = json!({ "status": { "old": next.old, "new": next.status } });
    if next.clock.due != row.sla_due_date {
        changes["sla_due_date"] = json!({ "old": row.sla_due_date, "new": next.clock.due });
    }
    let (stood, stands) = (row.sla_paused_at.is_some(), next.clock.standing.is_some());
    if stood != stands {
        changes["sla_paused"] = json!({ "old": stood, "new": stands });
    }
    if next.sla_breached != row.sla_breached {
        changes["sla_breached"] = json!({ "old": row.sla_breached, "new": next.sla_breached });
    }
    changes
}

/// To the ticket's own address, else to that of its visitor; without any nothing is sent (B10-54).
fn mail(row: &Row, to: Status) -> Option<NewMail> {
    if !mails_customer(to) {
        return None;
    }
    Some(NewMail {
        id: OutboundId::fresh(),
        site_id: row.site(),
        ticket_id: row.ticket(),
        reply_id: None,
        template: if to == Status::Closed { Template::Closed } else { Template::Resolved },
        to_address: row.email.clone()?,
        to_name: row.visitor_name.clone(),
        facts: json!({ "status_label": to.label() }),
        in_reply_to: None,
    })
}

/// A solution is closed in 48 hours; a clock that was started has its deadline watched.
fn follow_up(row: &Row, next: &Next) -> Option<NewJob> {
    let starts = next.old == Status::Resolved || row.sla_paused_at.is_some();
    match (next.status, next.stamps.resolved_at, next.clock.due) {
        (Status::Resolved, Some(at), _) => Some(close_job(row.site(), row.ticket(), autoclose_at(at))),
        (status, _, Some(due))
            if starts && !status.is_settled() && next.clock.standing.is_none() && !next.sla_breached =>
        {
            Some(watch_job(row.site(), row.ticket(), due - WARNS_BEFORE))
        }
        _ => None,
    }
}
