//! A site's zone, week, targets and pausing statuses: read together, changed together.

mod write;

use super::holidays::{self, HOLIDAYS_MAX, Holiday, NewHoliday};
use super::rules::{Calendar, DayHours, DayRow, HoursError};
use crate::audit::Entry;
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::sites::Settings;
use crate::sla::rules::{TargetOutOfRange, Targets};
use crate::sql::sql;
use crate::tickets::rules::Priority;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{Json, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What an admin sees and changes.
#[derive(Clone, Debug)]
pub struct BusinessHours {
    pub settings: Settings,
    /// By date.
    pub holidays: Vec<Holiday>,
}

/// What is to be otherwise; none stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub zone: Option<Tz>,
    /// The whole week: a day without a row is closed.
    pub days: Option<Vec<DayRow>>,
    /// All exceptions.
    pub holidays: Option<Vec<NewHoliday>>,
    pub low_minutes: Option<u32>,
    pub normal_minutes: Option<u32>,
    pub high_minutes: Option<u32>,
    pub urgent_minutes: Option<u32>,
    pub pause_statuses: Option<Vec<String>>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such site")]
    NotFound,
    #[error("row {row} of the days: {cause}")]
    Day { row: usize, cause: HoursError },
    #[error("weekday {0} stands twice or is none")]
    NoSuchDay(u8),
    #[error("entry {0} of the holidays has the date of another")]
    DateTwice(usize),
    #[error("a site can have {HOLIDAYS_MAX} exceptions")]
    TooManyHolidays,
    #[error(transparent)]
    Target(#[from] TargetOutOfRange),
    #[error("no clock can stand still in the status {0:?}")]
    Status(String),
    #[error("stored settings: {0}")]
    Stored(String),
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<holidays::Refused> for Refused {
    fn from(refused: holidays::Refused) -> Self {
        match refused {
            holidays::Refused::Database(error) => Refused::Database(error),
            holidays::Refused::TooMany => Refused::TooManyHolidays,
            holidays::Refused::NotFound | holidays::Refused::Taken => Refused::NotFound,
        }
    }
}

/// # Errors
/// See [`Refused`].
pub async fn read(db: &Db, site: SiteId) -> Result<BusinessHours, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let hours = load(&mut tx, site).await?;
    tx.commit().await?;
    Ok(hours)
}

/// Makes the changes and returns how things stand then. What is the same already is not written.
///
/// # Errors
/// See [`Refused`]; then nothing was changed.
pub async fn change(
    db: &Db,
    site: SiteId,
    changes: Changes,
    by: &By,
    now: DateTime<Utc>,
) -> Result<BusinessHours, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    holidays::lock_site(&mut tx, site).await?;
    let old = load(&mut tx, site).await?;
    let settings = &old.settings;
    if let Some(zone) = changes.zone.filter(|zone| *zone != settings.calendar.zone()) {
        write::zone(&mut tx, site, zone).await?;
    }
    if let Some(rows) = &changes.days {
        let week = week(rows, settings.calendar.week())?;
        if &week != settings.calendar.week() {
            write::week(&mut tx, site, &week).await?;
        }
    }
    let targets = changes.targets(&settings.targets);
    targets.check()?;
    if targets != settings.targets {
        write::targets(&mut tx, site, &targets).await?;
    }
    if let Some(statuses) = &changes.pause_statuses {
        write::pause_statuses(&mut tx, settings, statuses, now).await?;
    }
    if let Some(new) = &changes.holidays {
        check_holidays(new)?;
        holidays::replace(&mut tx, site, new).await?;
    }
    let new = load(&mut tx, site).await?;
    let entry =
        Entry::of(site, by, "SETTINGS_UPDATE", ("site", site.0), now).changing(&old.shown(), &new.shown());
    if !entry.changes.is_null() {
        tx.audit(entry);
    }
    tx.commit().await?;
    Ok(new)
}

/// The hours of a new site (A9-03).
///
/// # Errors
/// The database is away.
pub async fn give_defaults(tx: &mut Tx, site: SiteId) -> DbResult<()> {
    // The hours are the same on every clock.
    write::week(tx, site, Calendar::default_for(Tz::UTC).week()).await
}

#[derive(QueryableByName)]
struct Document {
    #[diesel(sql_type = Json)]
    document: Value,
}

async fn load(tx: &mut Tx, site: SiteId) -> Result<BusinessHours, Refused> {
    let rows: Vec<Document> = sql("select s as document from site_snapshot(?) as s")
        .bind::<SqlUuid, _>(site.0)
        .get_results(tx.conn())
        .await?;
    let row = rows.into_iter().next().ok_or(Refused::NotFound)?;
    let settings = Settings::read(row.document).map_err(|error| Refused::Stored(error.to_string()))?;
    Ok(BusinessHours { settings, holidays: holidays::all(tx, site).await? })
}

/// Sunday first.
fn week(rows: &[DayRow], stored: &[DayHours; 7]) -> Result<[DayHours; 7], Refused> {
    let mut week = [const { None }; 7];
    for (row, day) in rows.iter().enumerate() {
        let number = usize::from(day.day_of_week);
        let slot =
            week.get_mut(number).filter(|slot| slot.is_none()).ok_or(Refused::NoSuchDay(day.day_of_week))?;
        *slot = Some(day.hours(&stored[number]).map_err(|cause| Refused::Day { row, cause })?);
    }
    Ok(week.map(Option::unwrap_or_default))
}

fn check_holidays(new: &[NewHoliday]) -> Result<(), Refused> {
    if new.len() > HOLIDAYS_MAX {
        return Err(Refused::TooManyHolidays);
    }
    let twice =
        |(index, holiday): (usize, &NewHoliday)| new[..index].iter().any(|other| other.date == holiday.date);
    match new.iter().enumerate().position(twice) {
        Some(index) => Err(Refused::DateTwice(index)),
        None => Ok(()),
    }
}

impl Changes {
    fn targets(&self, stored: &Targets) -> Targets {
        Targets {
            low_minutes: self.low_minutes.unwrap_or(stored.low_minutes),
            normal_minutes: self.normal_minutes.unwrap_or(stored.normal_minutes),
            high_minutes: self.high_minutes.unwrap_or(stored.high_minutes),
            urgent_minutes: self.urgent_minutes.unwrap_or(stored.urgent_minutes),
        }
    }
}

/// How the audit log shows the settings.
#[derive(Serialize)]
struct Shown<'a> {
    timezone: &'static str,
    days: Vec<Vec<String>>,
    sla_minutes: Map<String, Value>,
    pause_statuses: &'a [String],
    holidays: &'a [Holiday],
}

impl BusinessHours {
    fn shown(&self) -> Shown<'_> {
        let Settings { calendar, targets, pause_statuses, .. } = &self.settings;
        let day = |hours: &DayHours| hours.intervals().iter().map(ToString::to_string).collect();
        let target = |priority: Priority| (priority.as_str().to_owned(), json!(targets.minutes(priority)));
        Shown {
            timezone: calendar.zone().name(),
            days: calendar.week().iter().map(day).collect(),
            sla_minutes: Priority::ALL.map(target).into_iter().collect(),
            pause_statuses,
            holidays: &self.holidays,
        }
    }
}
