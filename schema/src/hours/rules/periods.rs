//! The working periods of a calendar, as instants, one after the other.

use super::calendar::{Calendar, Day};
use super::day_hours::Interval;
use super::zone::Window;

/// Working time from `opens` up to but not including `closes`, in seconds since 1970; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) opens: i64,
    pub(super) closes: i64,
}

/// Walks the periods that end after an instant, the first one cut to begin no earlier than it. The walk
/// ends behind `day_last`, which starts as the first day: whoever walks says how far.
pub(super) struct Periods<'a> {
    calendar: &'a Calendar,
    window: Window,
    from: i64,
    pub(super) day: Day,
    pub(super) day_last: Day,
    rest: &'a [Interval],
}

impl<'a> Periods<'a> {
    pub(super) fn from(calendar: &'a Calendar, from: i64) -> Periods<'a> {
        let (window, day) = Window::at(calendar.zone(), from);
        Periods { calendar, window, from, day, day_last: day, rest: calendar.intervals(day) }
    }

    fn place(&mut self, interval: Interval) -> Period {
        let opens = self.window.instant(self.day, interval.start_minute).max(self.from);
        let closes = self.window.instant(self.day, interval.end_minute);
        Period { opens, closes }
    }
}

impl Iterator for Periods<'_> {
    type Item = Period;

    fn next(&mut self) -> Option<Period> {
        loop {
            while let Some((interval, rest)) = self.rest.split_first() {
                self.rest = rest;
                // A period can be empty: it is over already, or the clocks jumped across it.
                let period = self.place(*interval);
                if period.opens < period.closes {
                    return Some(period);
                }
            }
            if self.day >= self.day_last {
                return None;
            }
            self.day += 1;
            self.rest = self.calendar.intervals(self.day);
        }
    }
}
