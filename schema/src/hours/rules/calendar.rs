//! A site's calendar: its zone, its week, and the dates on which the week does not hold.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use super::day_hours::{DayHours, HoursError, Interval};

/// What a date does to the hours of its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayException {
    /// A holiday: nobody works.
    Closed,
    /// The date has hours of its own, such as an extra Saturday.
    Hours(DayHours),
    /// A half day, such as the one before a feast: the hours of its weekday, up to this minute. It opens
    /// nothing that the weekday leaves closed.
    Until(u16),
    /// The date has a name but is worked like any other of its weekday.
    Normal,
}

/// When a site works. Built once, then asked any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    week: [DayHours; 7],
    exceptions: Vec<(Day, DayException)>,
}

/// A local date as days since 1970-01-01, which was a Thursday.
pub(super) type Day = i64;

impl Calendar {
    /// `week` runs from Sunday (0) to Saturday (6); the exceptions may come in any order.
    ///
    /// # Errors
    /// When a date stands twice among the exceptions.
    pub fn new(
        zone: Tz,
        week: [DayHours; 7],
        exceptions: impl IntoIterator<Item = (NaiveDate, DayException)>,
    ) -> Result<Calendar, HoursError> {
        let mut exceptions: Vec<_> = exceptions
            .into_iter()
            .map(|(date, exception)| (day_of(date), exception.on(&week[weekday(day_of(date))])))
            .collect();
        exceptions.sort_by_key(|(day, _)| *day);
        match exceptions.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            true => Err(HoursError::DateTwice),
            false => Ok(Calendar { zone, week, exceptions }),
        }
    }

    /// The hours of a new site: Monday to Friday 09:00–18:00 without a break, no exceptions.
    pub fn default_for(zone: Tz) -> Calendar {
        let working = || DayHours::from_row(9 * 60, 18 * 60, None, None).expect("nine is before eighteen");
        let week = std::array::from_fn(|weekday| match weekday {
            1..=5 => working(),
            _ => DayHours::closed(),
        });
        Calendar { zone, week, exceptions: Vec::new() }
    }

    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The hours of each weekday, Sunday first, as they hold without exceptions.
    pub fn week(&self) -> &[DayHours; 7] {
        &self.week
    }

    /// What the site's clocks show at an instant. At the very ends of time, where that cannot be written,
    /// it is the instant as UTC.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let utc = at.naive_utc();
        let offset = self.zone.offset_from_utc_datetime(&utc).fix();
        utc.checked_add_offset(offset).unwrap_or(utc)
    }

    /// The exception that holds on a date, if any; half days as the hours they leave.
    pub fn exception(&self, date: NaiveDate) -> Option<&DayException> {
        self.exception_of(day_of(date))
    }

    pub(super) fn intervals(&self, day: Day) -> &[Interval] {
        match self.exception_of(day) {
            Some(DayException::Closed) => &[],
            Some(DayException::Hours(hours)) => hours.intervals(),
            Some(DayException::Normal | DayException::Until(_)) | None => self.week[weekday(day)].intervals(),
        }
    }

    fn exception_of(&self, day: Day) -> Option<&DayException> {
        let found = self.exceptions.binary_search_by_key(&day, |(day, _)| *day).ok()?;
        Some(&self.exceptions[found].1)
    }
}

impl DayException {
    /// What it comes to on a day of these hours.
    fn on(self, weekday: &DayHours) -> DayException {
        match self {
            DayException::Until(minute) => DayException::Hours(weekday.until(minute)),
            other => other,
        }
    }
}

pub(super) fn day_of(date: NaiveDate) -> Day {
    /// 1970-01-01 in days since the first day of year 1.
    const EPOCH: i64 = 719_163;
    i64::from(date.num_days_from_ce()) - EPOCH
}

pub(super) fn weekday(day: Day) -> usize {
    usize::try_from((day + 4).rem_euclid(7)).expect("a remainder of seven is small and not negative")
}
