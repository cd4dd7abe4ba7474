//! A calendar written as JSON, the way tools pass it around:
//!
//! ```json
//! {"tz": "Europe/Istanbul",
//!  "hours": {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]},
//!  "holidays": ["2026-10-29"],
//!  "breaks": {"2026-10-28": [["13:00", "18:00"]]}}
//! ```
//!
//! A weekday that is not named is closed; a holiday is closed whatever else is said of it; a break takes its stretch out
//! of that date's hours, wherever the two meet. Intervals may come in any order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;
use thiserror::Error;

use super::calendar::{Calendar, DayException};
use super::day_hours::{DayHours, HoursError, Interval, parse_clock};

/// A schedule as it was written, not yet checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule<'a> {
    #[serde(borrow)]
    tz: Cow<'a, str>,
    #[serde(borrow)]
    hours: Week<'a>,
    #[serde(default)]
    holidays: Vec<NaiveDate>,
    #[serde(borrow, default)]
    breaks: BTreeMap<NaiveDate, Stretches<'a>>,
}

type Stretches<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Week<'a> {
    #[serde(borrow, default, alias = "sunday")]
    sun: Stretches<'a>,
    #[serde(borrow, default, alias = "monday")]
    mon: Stretches<'a>,
    #[serde(borrow, default, alias = "tuesday")]
    tue: Stretches<'a>,
    #[serde(borrow, default, alias = "wednesday")]
    wed: Stretches<'a>,
    #[serde(borrow, default, alias = "thursday")]
    thu: Stretches<'a>,
    #[serde(borrow, default, alias = "friday")]
    fri: Stretches<'a>,
    #[serde(borrow, default, alias = "saturday")]
    sat: Stretches<'a>,
}

/// Why a schedule makes no calendar.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScheduleError {
    #[error("the time zone {0:?} is not known")]
    Zone(String),
    #[error("{place}: {cause}")]
    Hours { place: String, cause: HoursError },
}

impl Schedule<'_> {
    /// # Errors
    /// An unknown zone, or hours or breaks that no day has; says where.
    pub fn calendar(&self) -> Result<Calendar, ScheduleError> {
        let zone: Tz = self.tz.parse().map_err(|_| ScheduleError::Zone(self.tz.to_string()))?;
        let week = self.hours.days()?;
        let mut dates = BTreeMap::new();
        for (date, breaks) in &self.breaks {
            let mut hours = week[super::calendar::weekday(super::calendar::day_of(*date))].clone();
            for pause in stretches(breaks).map_err(|cause| at(date, cause))? {
                hours = hours.without(pause);
            }
            dates.insert(*date, DayException::Hours(hours));
        }
        dates.extend(self.holidays.iter().map(|date| (*date, DayException::Closed)));
        Calendar::new(zone, week, dates).map_err(|cause| at(&"dates", cause))
    }
}

impl Week<'_> {
    /// Sunday first.
    fn days(&self) -> Result<[DayHours; 7], ScheduleError> {
        let days = [
            ("sun", &self.sun),
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
        ];
        let mut week = [const { DayHours::closed() }; 7];
        for (hours, (name, written)) in week.iter_mut().zip(days) {
            let read = stretches(written).and_then(DayHours::new);
            *hours = read.map_err(|cause| at(&name, cause))?;
        }
        Ok(week)
    }
}

/// In the order of their starts.
fn stretches(written: &Stretches<'_>) -> Result<Vec<Interval>, HoursError> {
    let read = |(start, end): &(Cow<'_, str>, Cow<'_, str>)| {
        let interval = Interval { start_minute: parse_clock(start)?, end_minute: parse_clock(end)? };
        match interval.start_minute < interval.end_minute {
            true => Ok(interval),
            false => Err(HoursError::EndNotAfterStart),
        }
    };
    let mut intervals: Vec<Interval> = written.iter().map(read).collect::<Result<_, _>>()?;
    intervals.sort_by_key(|interval| interval.start_minute);
    Ok(intervals)
}

fn at(place: &dyn std::fmt::Display, cause: HoursError) -> ScheduleError {
    ScheduleError::Hours { place: place.to_string(), cause }
}
