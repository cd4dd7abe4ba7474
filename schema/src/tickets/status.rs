//! Changes a ticket's status: one locked row, its times, its audit entry, its mail and its jobs.
//!
//! [`change`] is for whoever wants a status and goes by the site's own table of steps; [`step`] is the same for a ticket
//! that is locked already, on somebody's [`Warrant`]. [`close_resolved`] is for the clock: silence of 48 hours closes.
//! All lock the row first, so of two callers the second judges what the first has left.
//!
//! Reopening (A8-25…29) reckons a new due date from the reopening, takes the warning back and has the deadline
//! watched again; a breach stays a breach. In the statuses a site names the clock stands still; leaving them moves the
//! due date.

use super::plan::Origin;
use super::rules::{
    ForbiddenTransition, Kind, Stamps, Standing, Status, StatusKey, autoclose_at, closes_by_itself,
    mails_customer, stamped,
};
use super::status_row::{Row, lock};
use super::statuses::find::known;
use crate::audit::Entry;
use crate::mail::{NewMail, Template};
use crate::people::rules::Role;
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

/// What allows a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warrant {
    /// The rules themselves: somebody took it up, a reply reopens, silence closes.
    Rules,
    /// The site's table of steps.
    Table,
    /// The site's table of steps, as far as it lets this role.
    Role(Role),
    /// Whoever answers for leaving the table; the audit log says so (`TICKET_STATUS_OVERRIDE`).
    Override,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub ticket_number: i64,
    pub old: StatusKey,
    pub new: StatusKey,
}

/// Why a status stayed as it was; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    #[error("the site has no such ticket")]
    NotFound,
    #[error("the site has no status {0}")]
    UnknownStatus(StatusKey),
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

/// Changes the status of a ticket of `site` by the site's table. `tx` acts for that site.
///
/// # Errors
/// See [`NotChanged`].
pub async fn change(
    tx: &mut Tx,
    site: &Settings,
    ticket: TicketId,
    to: impl Into<StatusKey>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Changed, NotChanged> {
    let row = lock(tx, site.id, ticket).await?.ok_or(NotChanged::NotFound)?;
    step(tx, site, &row, &to.into(), Warrant::Table, by, now).await
}

/// Opens a ticket because the rules say so: somebody took it up, or the customer answered.
///
/// # Errors
/// See [`NotChanged`].
pub async fn open(
    tx: &mut Tx,
    site: &Settings,
    ticket: TicketId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Changed, NotChanged> {
    let row = lock(tx, site.id, ticket).await?.ok_or(NotChanged::NotFound)?;
    step(tx, site, &row, &Status::Open.into(), Warrant::Rules, by, now).await
}

/// Changes the status of a ticket that `tx` has locked.
///
/// # Errors
/// See [`NotChanged`].
pub async fn step(
    tx: &mut Tx,
    site: &Settings,
    row: &Row,
    to: &StatusKey,
    warrant: Warrant,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Changed, NotChanged> {
    let old = row.standing();
    let known = known(tx, site.id, &old.key, to).await?;
    let known = known.ok_or_else(|| NotChanged::UnknownStatus(to.clone()))?;
    let reopens = old.kind.is_settled() && !known.kind.is_settled();
    let forbidden = |from: StatusKey| NotChanged::from(ForbiddenTransition { from, to: to.clone() });
    if reopens && warrant != Warrant::Override && closes_by_itself(old.kind, row.resolved_at, now) {
        // Closed in all but name: the job that says so is on its way (A8-27).
        return Err(forbidden(Status::Closed.into()));
    }
    if !known.allows(warrant) || old.key == *to {
        return Err(forbidden(old.key));
    }
    let clock = clock_after(row, site, reopens, (to, known.kind), now)?;
    let mut next = Next::of(row, Standing { key: to.clone(), kind: known.kind }, clock, now);
    if reopens {
        next.sla_breach_notified = false;
    }
    write(tx, row, &next, &Told { label: &known.label, warrant, by }, now).await?;
    Ok(Changed { ticket_number: row.ticket_number, old: next.old.key, new: next.new.key })
}

/// The clock that a change of status leaves: begun anew by a reopening, else stopped or started as the site has it.
fn clock_after(
    row: &Row,
    site: &Settings,
    reopens: bool,
    (to, kind): (&StatusKey, Kind),
    now: DateTime<Utc>,
) -> Result<Clock, NotChanged> {
    let clock = row.clock();
    if kind.is_settled() && clock.standing.is_none() {
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
    let (Standing { kind: Kind::Resolved, .. }, Some(resolved_at)) = (row.standing(), row.resolved_at) else {
        return Ok(Closing::Nothing);
    };
    if !closes_by_itself(Kind::Resolved, row.resolved_at, now) {
        return Ok(Closing::TooEarly { until: autoclose_at(resolved_at) });
    }
    let closed = Standing::from(Status::Closed);
    let label = known(tx, site, &row.standing().key, &closed.key).await?;
    let label = label.map_or_else(|| Status::Closed.label().to_owned(), |known| known.label);
    let next = Next::of(&row, closed, row.clock(), now);
    let told = Told { label: &label, warrant: Warrant::Rules, by: &By::worker("autoclose") };
    write(tx, &row, &next, &told, now).await?;
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
    pub old: Standing,
    pub new: Standing,
    pub stamps: Stamps,
    pub clock: Clock,
    pub sla_breach_notified: bool,
    pub sla_breached: bool,
    pub sla_breach_time: Option<DateTime<Utc>>,
}

impl Next {
    fn of(row: &Row, new: Standing, clock: Clock, now: DateTime<Utc>) -> Self {
        let before = Stamps { updated_at: now, resolved_at: row.resolved_at, closed_at: row.closed_at };
        let breaches = new.kind == Kind::Resolved && !row.sla_breached && is_late(now, clock.due);
        Next {
            old: row.standing(),
            stamps: stamped(before, new.kind, now),
            new,
            clock,
            sla_breach_notified: row.sla_breach_notified,
            sla_breached: row.sla_breached || breaches,
            sla_breach_time: if breaches { Some(now) } else { row.sla_breach_time },
        }
    }

    fn reopens(&self) -> bool {
        self.old.kind.is_settled() && !self.new.kind.is_settled()
    }
}

/// What a change says of itself.
struct Told<'a> {
    label: &'a str,
    warrant: Warrant,
    by: &'a By,
}

async fn write(tx: &mut Tx, row: &Row, next: &Next, told: &Told<'_>, now: DateTime<Utc>) -> DbResult<()> {
    row.update(tx, next).await?;
    tx.audit(entry(row, next, told, now));
    if let Some(mail) = mail(row, next.new.kind, told.label) {
        tx.mail(mail);
    }
    if let Some(job) = follow_up(row, next) {
        tx.enqueue(job.traced(told.by.origin.trace_id.clone()));
    }
    Ok(())
}

fn entry(row: &Row, next: &Next, told: &Told<'_>, now: DateTime<Utc>) -> Entry {
    let Told { warrant, by, .. } = told;
    let mut details = json!({ "old_status": next.old.key, "new_status": next.new.key });
    if let Some(worker) = by.origin.worker {
        details["worker"] = json!(worker);
    }
    let is_override = *warrant == Warrant::Override;
    let action = if is_override { "TICKET_STATUS_OVERRIDE" } else { "TICKET_STATUS_CHANGE" };
    Entry {
        actor_id: by.user_id,
        changes: changes(row, next),
        ip_address: by.origin.ip_address,
        user_agent: by.origin.user_agent.clone(),
        ..Entry::of_ticket(row.site(), row.ticket(), action, now).with(details)
    }
}

fn changes(row: &Row, next: &Next) -> Value {
    let mut changes = json!({ "status": { "old": next.old.key, "new": next.new.key } });
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
fn mail(row: &Row, to: Kind, label: &str) -> Option<NewMail> {
    if !mails_customer(to) {
        return None;
    }
    Some(NewMail {
        id: OutboundId::fresh(),
        site_id: row.site(),
        ticket_id: row.ticket(),
        reply_id: None,
        template: if to == Kind::Closed { Template::Closed } else { Template::Resolved },
        to_address: row.email.clone()?,
        to_name: row.visitor_name.clone(),
        facts: json!({ "status_label": label }),
        in_reply_to: None,
    })
}

/// A solution is closed in 48 hours; a clock that was started has its deadline watched.
fn follow_up(row: &Row, next: &Next) -> Option<NewJob> {
    let starts = next.reopens() || row.sla_paused_at.is_some();
    let (kind, runs) = (next.new.kind, next.clock.standing.is_none());
    match (kind, next.stamps.resolved_at, next.clock.due) {
        (Kind::Resolved, Some(at), _) => Some(close_job(row.site(), row.ticket(), autoclose_at(at))),
        (kind, _, Some(due)) if starts && runs && !kind.is_settled() && !next.sla_breached => {
            Some(watch_job(row.site(), row.ticket(), due - WARNS_BEFORE))
        }
        _ => None,
    }
}
