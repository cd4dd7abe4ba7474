//! Is anyone in, and if not, when again.
//!
//! Two questions sound alike. A site is *working* inside its intervals; it is *open* from the first opening
//! of a day to its last closing, the lunch break included: in the break nobody's deadline runs, but
//! visitors are kept in the queue instead of being sent home.

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::{Calendar, DayException};
use super::deadline::IDLE_DAYS_MAX;
use super::periods::Periods;
use super::zone::Window;

/// What a site is doing at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Inside a working interval.
    Open,
    /// Between two intervals of the same day; work goes on at `until`.
    Break { until: DateTime<Utc> },
    /// Before the first or behind the last interval, or on a weekday without hours.
    Closed,
    /// On a date that is closed by an exception.
    Holiday,
}

impl Calendar {
    /// What the site is doing at an instant.
    pub fn moment(&self, at: DateTime<Utc>) -> Moment {
        if self.is_working(at) {
            return Moment::Open;
        }
        if let Some(until) = self.break_end(at) {
            return Moment::Break { until };
        }
        match self.exception(self.local(at).date()) {
            Some(DayException::Closed) => Moment::Holiday,
            _ => Moment::Closed,
        }
    }

    /// Whether the site is open: working, or in a break between two periods of the same day.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.is_working(at) || self.break_end(at).is_some()
    }

    /// Whether the instant is working time.
    pub fn is_working(&self, at: DateTime<Utc>) -> bool {
        let at = at.timestamp();
        Periods::from(self, at).next().is_some_and(|period| period.opens == at)
    }

    /// The next instant at which the site opens; none while it is open, in a break too, and none if it does
    /// not open within 366 days.
    pub fn next_opening(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(at) {
            return None;
        }
        let mut periods = Periods::from(self, at.timestamp());
        periods.day_last = periods.day + IDLE_DAYS_MAX;
        DateTime::from_timestamp(periods.next()?.opens, 0)
    }

    /// The end of the break an instant lies in, given that it is no working time.
    fn break_end(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let at = at.timestamp();
        let (mut window, day) = Window::at(self.zone(), at);
        let first = self.intervals(day).first()?;
        if at < window.instant(day, first.start_minute) {
            return None;
        }
        let resumed = Periods::from(self, at).next()?;
        DateTime::from_timestamp(resumed.opens, 0)
    }
}

/// Hours from one instant to a later one, rounded to two decimals.
pub fn hours_until(opening: DateTime<Utc>, from: DateTime<Utc>) -> f64 {
    let wait: TimeDelta = opening - from;
    (wait.as_seconds_f64() / 36.0).round() / 100.0
}
