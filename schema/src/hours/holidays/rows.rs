//! Exceptions as rows.

use super::NewHoliday;
use crate::hours::rules::{DayException, Interval};
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One date's exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Holiday {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    #[serde(skip)]
    pub site_id: Uuid,
    #[diesel(sql_type = Date)]
    pub date: NaiveDate,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Whether the date is worked at all.
    #[diesel(sql_type = Bool)]
    pub is_working: bool,
    /// A half day ends here, in minutes since midnight.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub until_minute: Option<i16>,
    /// The date's own intervals, if it has any.
    #[diesel(sql_type = Array<SmallInt>)]
    pub starts: Vec<i16>,
    #[diesel(sql_type = Array<SmallInt>)]
    pub ends: Vec<i16>,
}

#[derive(QueryableByName)]
pub(super) struct Counted {
    #[diesel(embed)]
    pub holiday: Holiday,
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Holiday {
    /// The date's own intervals.
    pub fn intervals(&self) -> impl Iterator<Item = Interval> {
        let minute = |minute: i16| u16::try_from(minute).unwrap_or_default();
        self.starts
            .iter()
            .zip(&self.ends)
            .map(move |(start, end)| Interval { start_minute: minute(*start), end_minute: minute(*end) })
    }

    /// Whether a row would be the same but for its id.
    pub(super) fn says(&self, new: &NewHoliday) -> bool {
        let same = Holiday { id: self.id, site_id: self.site_id, ..row(Uuid::nil(), Uuid::nil(), new) };
        *self == same
    }
}

fn row(id: Uuid, site_id: Uuid, new: &NewHoliday) -> Holiday {
    let minute = |minute: u16| i16::try_from(minute).unwrap_or(i16::MAX);
    let intervals = if let DayException::Hours(hours) = &new.exception { hours.intervals() } else { &[] };
    Holiday {
        id,
        site_id,
        date: new.date,
        name: new.name.clone(),
        is_working: !is_closed(&new.exception),
        until_minute: if let DayException::Until(until) = new.exception { Some(minute(until)) } else { None },
        starts: intervals.iter().map(|interval| minute(interval.start_minute)).collect(),
        ends: intervals.iter().map(|interval| minute(interval.end_minute)).collect(),
    }
}

/// A day of its own hours without any is a closed one.
fn is_closed(exception: &DayException) -> bool {
    match exception {
        DayException::Closed => true,
        DayException::Hours(hours) => hours.span().is_none(),
        DayException::Normal | DayException::Until(_) => false,
    }
}

pub(super) async fn all(tx: &mut Tx, site: SiteId) -> DbResult<Vec<Holiday>> {
    Ok(sql("select h.id, h.site_id, h.date, h.name, h.is_working, h.until_minute,
            coalesce(x.starts, '{}') as starts, coalesce(x.ends, '{}') as ends
        from holidays h left join lateral (
            select array_agg(start_minute order by start_minute) as starts,
                array_agg(end_minute order by start_minute) as ends
            from holiday_hours x where x.holiday_id = h.id) as x on true
        where h.site_id = ? order by h.date")
    .bind::<SqlUuid, _>(site.0)
    .get_results(tx.conn())
    .await?)
}

pub(super) async fn count(tx: &mut Tx, site: SiteId) -> DbResult<usize> {
    let row: Count = sql("select count(*) as count from holidays where site_id = ?")
        .bind::<SqlUuid, _>(site.0)
        .get_result(tx.conn())
        .await?;
    Ok(usize::try_from(row.count).unwrap_or(usize::MAX))
}

/// Inserts those whose dates are free and returns them, by date.
pub(super) async fn insert(tx: &mut Tx, site: SiteId, new: &[NewHoliday]) -> DbResult<Vec<Holiday>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Holiday> = new.iter().map(|new| row(Uuid::new_v4(), site.0, new)).collect();
    let made: Vec<Made> = sql("insert into holidays (id, site_id, date, name, is_working, until_minute)
        select id, ?, date, name, is_working, until_minute
        from unnest(?, ?, ?, ?, ?) as n(id, date, name, is_working, until_minute)
        on conflict (site_id, date) do nothing returning id")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<SqlUuid>, _>(column(&rows, |row| row.id))
    .bind::<Array<Date>, _>(column(&rows, |row| row.date))
    .bind::<Array<Text>, _>(column(&rows, |row| row.name.clone()))
    .bind::<Array<Bool>, _>(column(&rows, |row| row.is_working))
    .bind::<Array<Nullable<SmallInt>>, _>(column(&rows, |row| row.until_minute))
    .get_results(tx.conn())
    .await?;
    let made: BTreeSet<Uuid> = made.into_iter().map(|made| made.id).collect();
    let rows: Vec<Holiday> = rows.into_iter().filter(|row| made.contains(&row.id)).collect();
    insert_hours(tx, site, &rows).await?;
    Ok(rows)
}

async fn insert_hours(tx: &mut Tx, site: SiteId, rows: &[Holiday]) -> DbResult<()> {
    let hours: Vec<(Uuid, i16, i16)> = rows
        .iter()
        .flat_map(|row| row.starts.iter().zip(&row.ends).map(|(start, end)| (row.id, *start, *end)))
        .collect();
    if hours.is_empty() {
        return Ok(());
    }
    sql("insert into holiday_hours (site_id, holiday_id, start_minute, end_minute)
        select ?, holiday_id, start_minute, end_minute from unnest(?, ?, ?) as n(holiday_id, start_minute, end_minute)")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<SqlUuid>, _>(column(&hours, |hours| hours.0))
    .bind::<Array<SmallInt>, _>(column(&hours, |hours| hours.1))
    .bind::<Array<SmallInt>, _>(column(&hours, |hours| hours.2))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, site: SiteId, ids: &[Uuid]) -> DbResult<()> {
    sql("delete from holidays where site_id = ? and id = any(?)")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn column<T, V>(rows: &[T], value: impl Fn(&T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}
