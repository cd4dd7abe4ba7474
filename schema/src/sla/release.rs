//! Starts the clocks that stand still in a status which no longer pauses: a site has taken it off its list.
//!
//! A clock otherwise turns with its ticket's status. Without this, a ticket left in such a status would never be
//! warned about again. A status that comes onto the list stops clocks only from the next change of status on.

use super::acts::watch_job;
use super::rules::{Clock, Standing, WARNS_BEFORE};
use crate::audit::Entry;
use crate::pool::{DbResult, Tx};
use crate::sites::Settings;
use crate::sql::sql;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use serde_json::json;
use uuid::Uuid;

/// Tickets whose clocks one call starts.
pub const RELEASE_CHUNK: i64 = 500;

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
}

#[derive(QueryableByName)]
struct Stopped {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    due: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    remaining_seconds: i64,
    #[diesel(sql_type = BigInt)]
    stood_seconds: i64,
}

/// The sites with clocks that stand for no reason. `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn sites_to_release(tx: &mut Tx) -> DbResult<Vec<SiteId>> {
    let rows: Vec<SiteRow> = sql("select distinct site_id from tickets t where sla_paused_at is not null
        and not exists (select from sla_pause_statuses p where p.site_id = t.site_id and p.status = t.status)
        order by site_id")
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| SiteId(row.site_id)).collect())
}

/// Starts such clocks of one site, at most [`RELEASE_CHUNK`], and returns how many; none if the settings are not the
/// site's latest. `tx` acts for the site or the system.
///
/// # Errors
/// The database is away.
pub async fn release(tx: &mut Tx, site: &Settings, now: DateTime<Utc>) -> DbResult<usize> {
    let stopped = lock(tx, site).await?;
    let started: Vec<(Stopped, Clock)> = stopped
        .into_iter()
        .map(|row| {
            let clock = row.clock().turned(&site.calendar, false, now);
            (row, clock)
        })
        .collect();
    if !started.is_empty() {
        update(tx, site.id, &started, now).await?;
    }
    for (row, clock) in &started {
        tx.audit(row.entry(site.id, clock, now));
        if let Some(due) = clock.due {
            tx.enqueue(watch_job(site.id, TicketId(row.id), due - WARNS_BEFORE));
        }
    }
    Ok(started.len())
}

async fn lock(tx: &mut Tx, site: &Settings) -> DbResult<Vec<Stopped>> {
    Ok(sql("select t.id, t.sla_due_date as due, t.sla_paused_at as since,
            t.sla_remaining_seconds as remaining_seconds, t.sla_paused_seconds as stood_seconds
        from tickets t join sites s on s.id = t.site_id
        where t.site_id = ? and s.settings_version = ? and t.sla_paused_at is not null
            and not exists (select from sla_pause_statuses p where p.site_id = t.site_id and p.status = t.status)
        order by t.id limit ? for no key update of t skip locked")
    .bind::<SqlUuid, _>(site.id.0)
    .bind::<BigInt, _>(site.version)
    .bind::<BigInt, _>(RELEASE_CHUNK)
    .get_results(tx.conn())
    .await?)
}

async fn update(tx: &mut Tx, site: SiteId, started: &[(Stopped, Clock)], now: DateTime<Utc>) -> DbResult<()> {
    let dues: Vec<Option<DateTime<Utc>>> = started.iter().map(|(_, clock)| clock.due).collect();
    sql("update tickets t set sla_due_date = n.due, sla_paused_at = null, sla_remaining_seconds = null,
            sla_paused_seconds = n.stood, updated_at = ?
        from unnest(?, ?, ?) as n(id, due, stood) where t.site_id = ? and t.id = n.id")
    .bind::<Timestamptz, _>(now)
    .bind::<Array<SqlUuid>, _>(started.iter().map(|(row, _)| row.id).collect::<Vec<_>>())
    .bind::<Array<Nullable<Timestamptz>>, _>(dues)
    .bind::<Array<BigInt>, _>(started.iter().map(|(_, clock)| clock.stood.num_seconds()).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(site.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

impl Stopped {
    fn clock(&self) -> Clock {
        let remaining = TimeDelta::seconds(self.remaining_seconds);
        Clock {
            due: self.due,
            standing: Some(Standing { since: self.since, remaining }),
            stood: TimeDelta::seconds(self.stood_seconds),
        }
    }

    fn entry(&self, site: SiteId, clock: &Clock, now: DateTime<Utc>) -> Entry {
        let changes = json!({
            "sla_due_date": { "old": self.due, "new": clock.due },
            "sla_paused": { "old": true, "new": false },
        });
        let entry = Entry::of_ticket(site, TicketId(self.id), "SLA_RESUME", now);
        Entry { changes, ..entry.with(json!({ "worker": "sla" })) }
    }
}
