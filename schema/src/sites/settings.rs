//! What callers keep of a site: its calendar, its promises and the words it signs with.

use crate::hours::rules::{Calendar, Check, DayException, DayHours, HoursError, Interval};
use crate::sla::rules::Targets;
use crate::tickets::rules::Priority;
use chrono::{DateTime, NaiveDate, Utc};
use jobs::SiteId;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A site's settings as of one version.
#[derive(Clone, Debug)]
pub struct Settings {
    pub id: SiteId,
    pub version: i64,
    pub name: String,
    pub calendar: Calendar,
    /// What the holidays are called.
    pub holiday_names: BTreeMap<NaiveDate, String>,
    pub targets: Targets,
    /// Statuses in which the clock stands still.
    pub pause_statuses: Vec<String>,
    pub support_team_name: String,
    pub mail_from: Option<String>,
    /// Where customers write to; ours is sent from the first of them.
    pub support_addresses: Vec<String>,
    /// «tr» or «en»: of what nobody asked for in a language of his own.
    pub default_language: String,
}

/// Stored settings that no rule accepts.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    #[error("the site's settings cannot be read: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("the site's time zone {0:?} is not known")]
    Zone(String),
    #[error("the site's hours: {0}")]
    Hours(#[from] HoursError),
}

#[derive(Deserialize)]
struct Snapshot {
    id: SiteId,
    version: i64,
    name: String,
    timezone: String,
    support_team_name: String,
    mail_from: Option<String>,
    support_addresses: Vec<String>,
    default_language: String,
    week: Vec<WeekRow>,
    dates: Vec<DateRow>,
    targets: HashMap<String, u32>,
    pauses: Vec<String>,
}

#[derive(Deserialize)]
struct WeekRow {
    day: usize,
    start: u16,
    end: u16,
}

#[derive(Deserialize)]
struct HoursRow {
    start: u16,
    end: u16,
}

#[derive(Deserialize)]
struct DateRow {
    date: NaiveDate,
    name: String,
    is_working: bool,
    until: Option<u16>,
    hours: Vec<HoursRow>,
}

impl Settings {
    /// Reads the document of `site_snapshot`.
    ///
    /// # Errors
    /// A zone nobody knows, or hours that overlap.
    pub fn read(document: serde_json::Value) -> Result<Self, BadSettings> {
        let snapshot: Snapshot = serde_json::from_value(document)?;
        let calendar = snapshot.calendar()?;
        let targets = targets(&snapshot.targets);
        let Snapshot {
            id,
            version,
            name,
            support_team_name,
            mail_from,
            support_addresses,
            default_language,
            ..
        } = snapshot;
        let holiday_names = snapshot.dates.into_iter().map(|row| (row.date, row.name)).collect();
        Ok(Self {
            id,
            version,
            name,
            calendar,
            holiday_names,
            targets,
            pause_statuses: snapshot.pauses,
            support_team_name,
            mail_from,
            support_addresses,
            default_language,
        })
    }

    #[must_use]
    pub fn support_address(&self) -> Option<&str> {
        self.support_addresses.first().map(String::as_str)
    }

    /// Whether the clock stands still in a status.
    #[must_use]
    pub fn pauses(&self, status: &str) -> bool {
        self.pause_statuses.iter().any(|pauses| pauses == status)
    }

    /// Whether anyone is in at an instant, and if not, when again.
    #[must_use]
    pub fn check_hours(&self, at: DateTime<Utc>) -> Check {
        let today = self.calendar.local(at).date();
        self.calendar.check(at, || self.holiday_names.get(&today).cloned())
    }
}

impl Snapshot {
    fn calendar(&self) -> Result<Calendar, BadSettings> {
        let zone = self.timezone.parse().map_err(|_| BadSettings::Zone(self.timezone.clone()))?;
        let mut week: [Vec<Interval>; 7] = Default::default();
        for row in &self.week {
            week[row.day % 7].push(Interval { start_minute: row.start, end_minute: row.end });
        }
        let mut days: [DayHours; 7] = std::array::from_fn(|_| DayHours::closed());
        for (day, intervals) in days.iter_mut().zip(week) {
            *day = DayHours::new(intervals)?;
        }
        let dates = self.dates.iter().map(|row| Ok((row.date, row.exception()?)));
        let dates: Vec<_> = dates.collect::<Result<_, HoursError>>()?;
        Ok(Calendar::new(zone, days, dates)?)
    }
}

impl DateRow {
    fn exception(&self) -> Result<DayException, HoursError> {
        let hours = self.hours.iter();
        let hours: Vec<_> =
            hours.map(|row| Interval { start_minute: row.start, end_minute: row.end }).collect();
        match (hours.is_empty(), self.is_working, self.until) {
            (false, _, _) => Ok(DayException::Hours(DayHours::new(hours)?)),
            (true, true, Some(minute)) => Ok(DayException::Until(minute)),
            (true, true, None) => Ok(DayException::Normal),
            (true, false, _) => Ok(DayException::Closed),
        }
    }
}

fn targets(stored: &HashMap<String, u32>) -> Targets {
    let default = Targets::default();
    let minutes = |priority: Priority| {
        stored.get(priority.as_str()).copied().unwrap_or_else(|| default.minutes(priority))
    };
    Targets {
        low_minutes: minutes(Priority::Low),
        normal_minutes: minutes(Priority::Normal),
        high_minutes: minutes(Priority::High),
        urgent_minutes: minutes(Priority::Urgent),
    }
}
