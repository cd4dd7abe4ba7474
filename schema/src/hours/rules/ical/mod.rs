//! Holidays out of a calendar file (RFC 5545, `.ics`).
//!
//! Whole-day events become closed dates: one day each, several up to but not including `DTEND` or for `DURATION`, and
//! again each year where `RRULE` says `FREQ=YEARLY`, within the window the caller asks for. What is no whole day, was
//! cancelled, or repeats in a way that no holiday does is passed over and named in [`Imported::skipped`]: an import
//! that left something out must say so.
//!
//! The file comes from anyone, so everything has a bound: [`FILE_BYTES_MAX`], [`EVENTS_MAX`], [`DATES_MAX`], and a depth
//! that is checked before the parser, which recurses, sees the text.

mod event;
mod yearly;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use icalendar::parser::{Component, read_calendar_simple, unfold};
use thiserror::Error;

use event::Event;

pub const FILE_BYTES_MAX: usize = 1 << 20;
pub const EVENTS_MAX: usize = 2_000;
pub const DATES_MAX: usize = 2_000;
/// Components within components: a calendar, its events, their alarms.
const DEPTH_MAX: usize = 8;

/// What a file held.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The closed dates with their names; of two events on a date the first one names it.
    pub dates: BTreeMap<NaiveDate, String>,
    pub skipped: Vec<Skipped>,
}

/// An event that became no date.
#[derive(Debug, PartialEq, Eq)]
pub struct Skipped {
    pub name: String,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Why {
    #[error("it has no date")]
    NoDate,
    #[error("it is no whole day")]
    NotAllDay,
    #[error("it was cancelled")]
    Cancelled,
    #[error("it lasts longer than a year")]
    TooLong,
    #[error("it repeats other than yearly")]
    OtherRule,
}

/// Why a file was refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IcalError {
    #[error("the file is larger than {FILE_BYTES_MAX} bytes")]
    FileTooLarge,
    #[error("the file is no iCalendar file")]
    NotACalendar,
    #[error("the file has more than {EVENTS_MAX} events")]
    TooManyEvents,
    #[error("the file has more than {DATES_MAX} holidays in these years")]
    TooManyDates,
}

/// Reads the holidays that fall into a window.
///
/// # Errors
/// See [`IcalError`]; then nothing was read.
pub fn import(text: &str, window: RangeInclusive<NaiveDate>) -> Result<Imported, IcalError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(IcalError::FileTooLarge);
    }
    let mut imported = Imported::default();
    let mut events = 0;
    for calendar in calendars(text)? {
        let parsed = read_calendar_simple(&calendar).map_err(|_| IcalError::NotACalendar)?;
        for component in parsed.iter().flat_map(|calendar| &calendar.components) {
            if component.name == "VEVENT" {
                events += 1;
                if events > EVENTS_MAX {
                    return Err(IcalError::TooManyEvents);
                }
                imported.add(component, &window)?;
            }
        }
    }
    Ok(imported)
}

/// Each calendar of a file by itself, with its lines unfolded and ended alike: the parser takes one at a time, and
/// where line ends differ it reads two lines as one.
fn calendars(text: &str) -> Result<Vec<String>, IcalError> {
    let unfolded = unfold(text.trim_start_matches('\u{feff}'));
    let (mut calendars, mut current, mut depth) = (Vec::new(), String::new(), 0);
    for line in unfolded.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        let starts =
            |word: &str| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if depth == 0 && !starts("BEGIN:VCALENDAR") {
            return Err(IcalError::NotACalendar);
        }
        depth += usize::from(starts("BEGIN:"));
        depth -= usize::from(starts("END:"));
        if depth > DEPTH_MAX {
            return Err(IcalError::NotACalendar);
        }
        current.push_str(line);
        current.push('\n');
        if depth == 0 {
            calendars.push(std::mem::take(&mut current));
        }
    }
    // One that never ends is none.
    if calendars.is_empty() || depth > 0 { Err(IcalError::NotACalendar) } else { Ok(calendars) }
}

impl Imported {
    fn add(
        &mut self,
        component: &Component<'_>,
        window: &RangeInclusive<NaiveDate>,
    ) -> Result<(), IcalError> {
        match Event::read(component) {
            Ok(event) => {
                for date in event.dates(window) {
                    self.dates.entry(date).or_insert_with(|| event.name.clone());
                    if self.dates.len() > DATES_MAX {
                        return Err(IcalError::TooManyDates);
                    }
                }
            }
            Err(why) => self.skipped.push(Skipped { name: event::name(component), why }),
        }
        Ok(())
    }
}
