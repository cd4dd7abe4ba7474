//! Warns of deadlines and marks breaches, each exactly once.
//!
//! The row's lock makes the flag, the notification, the audit entry and the next look one step: of two watchers
//! the second finds the flag raised. The exact job of a ticket and the sweep over all of them end in [`settle`].

use super::reads::{lock, lock_missed};
use super::rows::Row;
use super::rules::{Verdict, breach_text, warning_text, watch};
use crate::audit::Entry;
use crate::notifications::{Kind, Notice, notify};
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, SiteId, TicketId, UserId, sla};
use serde_json::json;
use uuid::Uuid;

/// Tickets that one sweep settles.
pub const SWEEP_CHUNK: i64 = 1_000;

/// What came of looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub warned: usize,
    pub breached: usize,
}

/// Looks at tickets of one site: warns, marks the breach, or looks again when the time comes. Unknown ids are
/// passed over.
///
/// # Errors
/// The database is away.
pub async fn look(tx: &mut Tx, site: SiteId, tickets: &[TicketId], now: DateTime<Utc>) -> DbResult<Looked> {
    let rows = lock(tx, site, tickets).await?;
    settle(tx, &rows, now).await
}

/// Makes up for what was missed, at most `limit` tickets of all sites. `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn sweep(tx: &mut Tx, limit: i64, now: DateTime<Utc>) -> DbResult<Looked> {
    let rows = lock_missed(tx, limit, now).await?;
    settle(tx, &rows, now).await
}

/// The job that looks at a ticket at `at`; one per ticket and instant.
#[must_use]
pub fn watch_job(site: SiteId, ticket: TicketId, at: DateTime<Utc>) -> NewJob {
    let key = format!("{}:{}", sla::Watch::key(ticket), at.timestamp_millis());
    NewJob::of(&sla::Watch { site_id: site, ticket_id: ticket }).at(at).unless_pending(key)
}

async fn settle(tx: &mut Tx, rows: &[Row], now: DateTime<Utc>) -> DbResult<Looked> {
    let (mut warned, mut breached, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        match watch(row.watched(), now) {
            Verdict::Nothing => {}
            Verdict::Wait { until } => tx.enqueue(row.look_again(until)),
            Verdict::Warn { next } => {
                warned.push(row.id);
                notices.push(row.warning());
                tx.enqueue(row.look_again(next));
            }
            Verdict::Breach => {
                breached.push(row.id);
                notices.push(row.breach());
                tx.audit(row.breach_entry(now));
            }
        }
    }
    mark(tx, &warned, &breached, now).await?;
    notify(tx, &notices, now).await?;
    Ok(Looked { warned: warned.len(), breached: breached.len() })
}

async fn mark(tx: &mut Tx, warned: &[Uuid], breached: &[Uuid], now: DateTime<Utc>) -> DbResult<()> {
    if !warned.is_empty() {
        sql("update tickets set sla_breach_notified = true where id = any(?)")
            .bind::<Array<SqlUuid>, _>(warned)
            .execute(tx.conn())
            .await?;
    }
    if !breached.is_empty() {
        sql("update tickets set sla_breached = true, sla_breach_time = ? where id = any(?)")
            .bind::<Timestamptz, _>(now)
            .bind::<Array<SqlUuid>, _>(breached)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

impl Row {
    fn look_again(&self, at: DateTime<Utc>) -> NewJob {
        watch_job(SiteId(self.site_id), TicketId(self.id), at)
    }

    /// To the ticket's agent; where it has none, to the site's admins (A9-34).
    fn warning(&self) -> Notice {
        let (kind, text) = (Kind::SlaWarning, warning_text(self.ticket_number));
        Notice { kind, text, user_id: self.agent_id.map(UserId), ..self.breach() }
    }

    fn breach(&self) -> Notice {
        Notice {
            site_id: SiteId(self.site_id),
            kind: Kind::SlaBreach,
            ticket_id: TicketId(self.id),
            text: breach_text(self.ticket_number),
            user_id: None,
        }
    }

    fn breach_entry(&self, now: DateTime<Utc>) -> Entry {
        let details = json!({ "worker": "sla", "sla_due_date": self.sla_due_date, "sla_breach_time": now });
        Entry {
            changes: json!({ "sla_breached": { "old": false, "new": true } }),
            ..Entry::of_ticket(SiteId(self.site_id), TicketId(self.id), "SLA_BREACH", now).with(details)
        }
    }
}
