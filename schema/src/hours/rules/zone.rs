//! From wall clock to instant. Everything is in whole seconds: instants since 1970-01-01T00:00:00Z, wall
//! clock readings as the same count with the clock taken for UTC.
//!
//! Asking the zone database costs more than everything else in a walk together, so a [`Window`] asks for
//! the offset at both ends of seven days. If they agree, the clocks did not change in between and the five
//! days in the middle are plain arithmetic; this holds because no zone changes its clocks and takes it back
//! within seven days (a test reads the whole database for it; eight would be too many in Gaza in 2040).
//! Otherwise, one day in 25 or so, each boundary is looked up by itself.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};

use super::calendar::Day;

pub(super) const DAY_SECONDS: i64 = 86_400;

/// Days looked at on both sides of a window's own. Offsets reach 14 hours far, and the rest of the day is
/// more than a clock change repeats.
const MARGIN_DAYS: i64 = 1;
/// Days a window answers for.
const WINDOW_DAYS: i64 = 5;

/// The offset over some days: one number if the clocks stand still, none if they change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    zone: Tz,
    first_day: Day,
    constant_offset: Option<i64>,
}

impl Window {
    /// A window that answers for the local date of an instant, and that date.
    pub(super) fn at(zone: Tz, instant: i64) -> (Window, Day) {
        let window = Window::from(zone, instant.div_euclid(DAY_SECONDS) - 1);
        let offset = window.constant_offset.unwrap_or_else(|| offset_at(zone, instant));
        (window, (instant + offset).div_euclid(DAY_SECONDS))
    }

    /// The instant at which the site's clocks first reach a minute of a day. A reading the clocks skip is
    /// reached when they have jumped over it; one they show twice is reached the first time.
    pub(super) fn instant(&mut self, day: Day, minute: u16) -> i64 {
        if day >= self.first_day + WINDOW_DAYS {
            *self = Window::from(self.zone, day);
        }
        let reading = day * DAY_SECONDS + i64::from(minute) * 60;
        match self.constant_offset {
            Some(offset) => reading - offset,
            None => first_instant(self.zone, reading),
        }
    }

    fn from(zone: Tz, first_day: Day) -> Window {
        let before = offset_at(zone, (first_day - MARGIN_DAYS) * DAY_SECONDS);
        let after = offset_at(zone, (first_day + WINDOW_DAYS + MARGIN_DAYS) * DAY_SECONDS);
        Window { zone, first_day, constant_offset: (before == after).then_some(after) }
    }
}

/// The offset east of Greenwich at an instant. Instants beyond the calendar's end count as at its end.
fn offset_at(zone: Tz, instant: i64) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&naive(instant)).fix().local_minus_utc())
}

pub(super) fn first_instant(zone: Tz, reading: i64) -> i64 {
    let local = naive(reading);
    match zone.offset_from_local_datetime(&local) {
        MappedLocalTime::Single(offset) => reading - i64::from(offset.fix().local_minus_utc()),
        MappedLocalTime::Ambiguous(one, other) => {
            let (one, other) = (one.fix().local_minus_utc(), other.fix().local_minus_utc());
            reading - i64::from(one.max(other))
        }
        MappedLocalTime::None => after_gap(zone, &local).unwrap_or(reading),
    }
}

fn after_gap(zone: Tz, skipped: &NaiveDateTime) -> Option<i64> {
    Some(GapInfo::new(skipped, &zone)?.end?.timestamp())
}

fn naive(seconds: i64) -> NaiveDateTime {
    let end = if seconds < 0 { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
    DateTime::from_timestamp(seconds, 0).map_or(end, |at| at.naive_utc())
}
