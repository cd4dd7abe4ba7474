//! A site's dated exceptions: holidays, half days, and days worked otherwise than their weekday.

mod rows;

use super::rules::DayException;
use crate::audit::Entry;
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub use rows::Holiday;

/// Exceptions one site can have: fifty years of fifty.
pub const HOLIDAYS_MAX: usize = 2_500;

/// An exception to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHoliday {
    pub date: NaiveDate,
    pub name: String,
    pub exception: DayException,
}

/// Which dates of a list are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// What came of loading many at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub added: Vec<Holiday>,
    /// Dates that had an exception already and kept it.
    pub kept: Vec<NaiveDate>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such site or holiday")]
    NotFound,
    #[error("the date has an exception already")]
    Taken,
    #[error("a site can have {HOLIDAYS_MAX} exceptions")]
    TooMany,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// One page of a scope's exceptions by date, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(
    db: &Db,
    scope: Scope,
    range: Range,
    (limit, offset): (i64, i64),
) -> DbResult<(Vec<Holiday>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<rows::Counted> =
        sql("select h.id, h.site_id, h.date, h.name, h.is_working, h.until_minute,
            coalesce(x.starts, '{}') as starts, coalesce(x.ends, '{}') as ends, count(*) over () as total
        from holidays h left join lateral (
            select array_agg(start_minute order by start_minute) as starts,
                array_agg(end_minute order by start_minute) as ends
            from holiday_hours x where x.holiday_id = h.id) as x on true
        where h.date between coalesce(?, '-infinity'::date) and coalesce(?, 'infinity'::date)
        order by h.date, h.site_id limit ? offset ?")
        .bind::<Nullable<Date>, _>(range.from)
        .bind::<Nullable<Date>, _>(range.to)
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .get_results(tx.conn())
        .await?;
    tx.commit().await?;
    let total = rows.last().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.holiday).collect(), total))
}

/// # Errors
/// [`Refused::Taken`] when the date has one, see [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    new: NewHoliday,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Holiday, Refused> {
    let loaded = load(db, site, vec![new], by, now).await?;
    loaded.added.into_iter().next().ok_or(Refused::Taken)
}

/// Adds those whose dates are free; what a site has set for a date itself stays. Of two of one date the first counts.
///
/// # Errors
/// See [`Refused`]; then none was added.
pub async fn load(
    db: &Db,
    site: SiteId,
    mut new: Vec<NewHoliday>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Loaded, Refused> {
    new.sort_by_key(|holiday| holiday.date);
    new.dedup_by_key(|holiday| holiday.date);
    let mut tx = db.begin(Scope::Site(site)).await?;
    lock_site(&mut tx, site).await?;
    let added = rows::insert(&mut tx, site, &new).await?;
    if rows::count(&mut tx, site).await? > HOLIDAYS_MAX {
        return Err(Refused::TooMany);
    }
    let free: BTreeSet<NaiveDate> = added.iter().map(|holiday| holiday.date).collect();
    let kept = new.iter().map(|holiday| holiday.date).filter(|date| !free.contains(date)).collect();
    if !added.is_empty() {
        let changes = json!({ "holidays": { "old": [], "new": added } });
        tx.audit(Entry { changes, ..Entry::of(site, by, "SETTINGS_UPDATE", ("site", site.0), now) });
    }
    tx.commit().await?;
    Ok(Loaded { added, kept })
}

/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    lock_site(&mut tx, site).await?;
    let old = rows::all(&mut tx, site).await?.into_iter().find(|holiday| holiday.id == id);
    let old = old.ok_or(Refused::NotFound)?;
    rows::delete(&mut tx, site, &[id]).await?;
    let changes = json!({ "holidays": { "old": [old], "new": [] } });
    tx.audit(Entry { changes, ..Entry::of(site, by, "SETTINGS_UPDATE", ("holiday", id), now) });
    tx.commit().await?;
    Ok(())
}

/// Makes a site's exceptions these. Rows that stay as they are keep their ids.
pub(super) async fn replace(tx: &mut Tx, site: SiteId, new: &[NewHoliday]) -> DbResult<()> {
    let old = rows::all(tx, site).await?;
    let mut fresh: BTreeMap<NaiveDate, &NewHoliday> = new.iter().map(|new| (new.date, new)).collect();
    let mut gone = Vec::new();
    for holiday in old {
        match fresh.get(&holiday.date).is_some_and(|new| holiday.says(new)) {
            true => drop(fresh.remove(&holiday.date)),
            false => gone.push(holiday.id),
        }
    }
    let fresh: Vec<NewHoliday> = fresh.into_values().cloned().collect();
    rows::delete(tx, site, &gone).await?;
    rows::insert(tx, site, &fresh).await?;
    Ok(())
}

/// All of a site's exceptions by date.
pub(super) async fn all(tx: &mut Tx, site: SiteId) -> DbResult<Vec<Holiday>> {
    rows::all(tx, site).await
}

/// Those who change one site's settings take turns.
pub(super) async fn lock_site(tx: &mut Tx, site: SiteId) -> Result<(), Refused> {
    #[derive(diesel::QueryableByName)]
    struct Active {
        #[diesel(sql_type = Bool)]
        is_active: bool,
    }
    let rows: Vec<Active> = sql("select is_active from sites where id = ? for no key update")
        .bind::<SqlUuid, _>(site.0)
        .get_results(tx.conn())
        .await?;
    if rows.iter().any(|site| site.is_active) { Ok(()) } else { Err(Refused::NotFound) }
}
