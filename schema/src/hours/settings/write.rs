//! The rows of the settings.

use super::Refused;
use crate::hours::rules::DayHours;
use crate::pool::{DbResult, Tx};
use crate::sites::Settings;
use crate::sla::rules::{Targets, may_pause};
use crate::sql::sql;
use crate::tickets::rules::{Kind, Priority};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, SiteId, sla};

pub(super) async fn zone(tx: &mut Tx, site: SiteId, zone: Tz) -> Result<(), Refused> {
    sql("update sites set timezone = ?, updated_at = now() where id = ?")
        .bind::<Text, _>(zone.name())
        .bind::<SqlUuid, _>(site.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn week(tx: &mut Tx, site: SiteId, week: &[DayHours; 7]) -> DbResult<()> {
    let minute = |minute: u16| i16::try_from(minute).unwrap_or(i16::MAX);
    let rows: Vec<(i16, i16, i16)> = (0..)
        .zip(week)
        .flat_map(|(day, hours)| hours.intervals().iter().map(move |interval| (day, *interval)))
        .map(|(day, interval)| (day, minute(interval.start_minute), minute(interval.end_minute)))
        .collect();
    sql("delete from business_hours where site_id = ?").bind::<SqlUuid, _>(site.0).execute(tx.conn()).await?;
    sql("insert into business_hours (site_id, day_of_week, start_minute, end_minute)
        select ?, day, start_minute, end_minute from unnest(?, ?, ?) as n(day, start_minute, end_minute)")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<SmallInt>, _>(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(rows.iter().map(|row| row.1).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(rows.iter().map(|row| row.2).collect::<Vec<_>>())
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn targets(tx: &mut Tx, site: SiteId, targets: &Targets) -> Result<(), Refused> {
    let minutes = Priority::ALL.map(|priority| i32::try_from(targets.minutes(priority)).unwrap_or(i32::MAX));
    sql("insert into sla_targets (site_id, priority, minutes)
        select ?, priority, minutes from unnest(?, ?) as n(priority, minutes)
        on conflict (site_id, priority) do update set minutes = excluded.minutes")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<Text>, _>(Priority::ALL.map(Priority::as_str).to_vec())
    .bind::<Array<Integer>, _>(minutes.to_vec())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Clocks that stand in a status taken off the list are started by a job of their own.
pub(super) async fn pause_statuses(
    tx: &mut Tx,
    old: &Settings,
    statuses: &[String],
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    let kinds = kinds(tx, old.id, statuses).await?;
    let pauses = |status: &&String| kinds.iter().any(|(key, kind)| key == *status && may_pause(*kind));
    if let Some(status) = statuses.iter().find(|status| !pauses(status)) {
        return Err(Refused::Status(status.clone()));
    }
    let mut statuses = statuses.to_vec();
    statuses.sort_unstable();
    statuses.dedup();
    if statuses == old.pause_statuses {
        return Ok(());
    }
    sql("delete from sla_pause_statuses where site_id = ?")
        .bind::<SqlUuid, _>(old.id.0)
        .execute(tx.conn())
        .await?;
    sql("insert into sla_pause_statuses (site_id, status) select ?, status from unnest(?) as n(status)")
        .bind::<SqlUuid, _>(old.id.0)
        .bind::<Array<Text>, _>(&statuses)
        .execute(tx.conn())
        .await?;
    if old.pause_statuses.iter().any(|status| !statuses.contains(status)) {
        tx.enqueue(NewJob::of(&sla::Sweep { tick: now }));
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// What the statuses of a site mean; nothing of those that it does not have.
async fn kinds(tx: &mut Tx, site: SiteId, keys: &[String]) -> Result<Vec<(String, Kind)>, Refused> {
    let rows: Vec<Known> =
        sql("select key::text as key, kind::text as kind from statuses where site_id = ? and key = any(?)")
            .bind::<SqlUuid, _>(site.0)
            .bind::<Array<Text>, _>(keys)
            .get_results(tx.conn())
            .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.key, Kind::parse(&row.kind)?))).collect())
}
