//! The hours of one day as a list of intervals, checked once so that nobody else has to.

use std::fmt;

use thiserror::Error;

/// The last minute mark of a day, written `24:00`.
pub const MINUTES_PER_DAY: u16 = 1440;

/// A stretch of wall-clock time within one day, in minutes since midnight (0..=1440). The start belongs to
/// it, the end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub start_minute: u16,
    pub end_minute: u16,
}

/// One day's working intervals: in order, without overlap, each with a length. Empty means closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayHours(Vec<Interval>);

/// Why a day's hours, or a calendar, were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HoursError {
    #[error("a clock time is written HH:MM, from 00:00 to 24:00")]
    NotAClockTime,
    #[error("the day ends at 24:00")]
    PastMidnight,
    #[error("the end must be later than the start")]
    EndNotAfterStart,
    #[error("intervals must be in order and must not overlap")]
    Overlap,
    #[error("a break needs both a start and an end")]
    HalfABreak,
    #[error("a break must lie inside the hours and leave some of them")]
    BreakOutsideHours,
    #[error("the same date has two exceptions")]
    DateTwice,
    #[error("a working day needs a start and an end")]
    HoursMissing,
    #[error("the times and the intervals of the day disagree")]
    Contradiction,
}

impl DayHours {
    /// Takes intervals that are already in order.
    ///
    /// # Errors
    /// When one is empty or backwards, ends after 24:00, or begins before the previous one has ended.
    /// Intervals that touch are fine.
    pub fn new(intervals: Vec<Interval>) -> Result<DayHours, HoursError> {
        intervals.iter().try_for_each(check)?;
        match intervals.windows(2).all(|pair| pair[0].end_minute <= pair[1].start_minute) {
            true => Ok(DayHours(intervals)),
            false => Err(HoursError::Overlap),
        }
    }

    /// A day without hours.
    pub const fn closed() -> DayHours {
        DayHours(Vec::new())
    }

    /// Reads a settings row: start and end, and perhaps a break between them, in minutes since midnight.
    ///
    /// # Errors
    /// When the end is not after the start, the break has only one end, lies outside the hours, or fills
    /// them wholly.
    pub fn from_row(
        start: u16,
        end: u16,
        break_start: Option<u16>,
        break_end: Option<u16>,
    ) -> Result<DayHours, HoursError> {
        let whole = Interval { start_minute: start, end_minute: end };
        check(&whole)?;
        match (break_start, break_end) {
            (None, None) => DayHours::new(vec![whole]),
            (Some(from), Some(to)) => around_break(whole, Interval { start_minute: from, end_minute: to }),
            _ => Err(HoursError::HalfABreak),
        }
    }

    /// What is left of the day when a stretch of it is taken out, wherever the two meet. An empty or backward
    /// stretch takes nothing.
    #[must_use]
    pub fn without(&self, pause: Interval) -> DayHours {
        if pause.end_minute <= pause.start_minute {
            return self.clone();
        }
        let around = |interval: &Interval| {
            let before = Interval { end_minute: interval.end_minute.min(pause.start_minute), ..*interval };
            let after = Interval { start_minute: interval.start_minute.max(pause.end_minute), ..*interval };
            [before, after]
        };
        DayHours(self.0.iter().flat_map(around).filter(|part| check(part).is_ok()).collect())
    }

    /// What is left of the day when it ends at a minute.
    #[must_use]
    pub fn until(&self, minute: u16) -> DayHours {
        self.without(Interval { start_minute: minute, end_minute: MINUTES_PER_DAY })
    }

    /// The intervals, in order.
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// From the first opening to the last closing, breaks included; none on a closed day.
    pub fn span(&self) -> Option<Interval> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        Some(Interval { start_minute: first.start_minute, end_minute: last.end_minute })
    }
}

/// Writes `09:00-12:00`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", clock_text(self.start_minute), clock_text(self.end_minute))
    }
}

/// Writes the day the way the settings answer shows it: `09:00-18:00` without its breaks, or `closed`.
impl fmt::Display for DayHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span() {
            Some(span) => span.fmt(f),
            None => f.write_str("closed"),
        }
    }
}

/// Writes minutes since midnight as `HH:MM`.
pub fn clock_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads `HH:MM`, 24 hours, `24:00` included, into minutes since midnight.
///
/// # Errors
/// When the text has another form or names a time no clock shows.
pub fn parse_clock(text: &str) -> Result<u16, HoursError> {
    let [h1, h2, b':', m1, m2] = *text.as_bytes() else { return Err(HoursError::NotAClockTime) };
    if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
        return Err(HoursError::NotAClockTime);
    }
    let number = |tens: u8, units: u8| u16::from(tens - b'0') * 10 + u16::from(units - b'0');
    let (hour, minute) = (number(h1, h2), number(m1, m2));
    match hour * 60 + minute {
        total if minute < 60 && total <= MINUTES_PER_DAY => Ok(total),
        _ => Err(HoursError::NotAClockTime),
    }
}

fn check(interval: &Interval) -> Result<(), HoursError> {
    if interval.end_minute > MINUTES_PER_DAY {
        return Err(HoursError::PastMidnight);
    }
    match interval.start_minute < interval.end_minute {
        true => Ok(()),
        false => Err(HoursError::EndNotAfterStart),
    }
}

fn around_break(whole: Interval, pause: Interval) -> Result<DayHours, HoursError> {
    check(&pause)?;
    let before = Interval { start_minute: whole.start_minute, end_minute: pause.start_minute };
    let after = Interval { start_minute: pause.end_minute, end_minute: whole.end_minute };
    let inside = whole.start_minute <= pause.start_minute && pause.end_minute <= whole.end_minute;
    let kept: Vec<Interval> = [before, after].into_iter().filter(|part| check(part).is_ok()).collect();
    match inside && !kept.is_empty() {
        true => DayHours::new(kept),
        false => Err(HoursError::BreakOutsideHours),
    }
}
