//! One event: its first day, how many, and when again.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};
use icalendar::parser::{Component, Property};

use super::Why;
use super::yearly::Yearly;

const NAME_CHARS_MAX: usize = 200;
const DAYS_MAX: u64 = 366;

pub(super) struct Event {
    pub name: String,
    first: NaiveDate,
    days: u64,
    again: Option<Yearly>,
    also: Vec<NaiveDate>,
    except: Vec<NaiveDate>,
}

impl Event {
    pub fn read(component: &Component<'_>) -> Result<Event, Why> {
        if text(component, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
            return Err(Why::Cancelled);
        }
        let start = component.find_prop("DTSTART").ok_or(Why::NoDate)?;
        let first = whole_day(start.val.as_str())?;
        let again = text(component, "RRULE").map(|rule| Yearly::parse(rule, first).ok_or(Why::OtherRule));
        Ok(Event {
            name: name(component),
            first,
            days: days(component, first)?,
            again: again.transpose()?,
            also: dates(component, "RDATE"),
            except: dates(component, "EXDATE"),
        })
    }

    /// Every date of the event within a window.
    pub fn dates(&self, window: &RangeInclusive<NaiveDate>) -> impl Iterator<Item = NaiveDate> {
        // An occurrence that began before the window may reach into it.
        let earliest = *window.start() - Days::new(DAYS_MAX.min(self.days));
        let starts: Vec<NaiveDate> = match &self.again {
            Some(rule) => rule.occurrences(earliest..=*window.end()),
            None => vec![self.first],
        };
        let kept = starts.into_iter().filter(|start| !self.except.contains(start));
        let each_day =
            |start: NaiveDate| (0..self.days).map_while(move |day| start.checked_add_days(Days::new(day)));
        let all: Vec<NaiveDate> = kept.chain(self.also.iter().copied()).flat_map(each_day).collect();
        all.into_iter().filter(|date| window.contains(date))
    }
}

/// The event's name, or a word for one without.
pub(super) fn name(component: &Component<'_>) -> String {
    let summary = text(component, "SUMMARY").unwrap_or_default();
    let clean: String =
        summary.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let short: String = clean.trim().chars().take(NAME_CHARS_MAX).collect();
    if short.is_empty() { "Tatil".to_owned() } else { short }
}

fn text<'a>(component: &'a Component<'_>, property: &str) -> Option<&'a str> {
    component.find_prop(property).map(|property| property.val.as_str().trim())
}

/// `20260101`, or midnight of it on the calendar's own clocks.
fn whole_day(written: &str) -> Result<NaiveDate, Why> {
    let (date, time) = written.trim().split_once('T').unwrap_or((written.trim(), "000000"));
    let date = date_of(date).ok_or(Why::NoDate)?;
    if time == "000000" { Ok(date) } else { Err(Why::NotAllDay) }
}

pub(super) fn date_of(written: &str) -> Option<NaiveDate> {
    let number = |range: std::ops::Range<usize>| written.get(range)?.parse::<u32>().ok();
    if written.len() != 8 || !written.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    NaiveDate::from_ymd_opt(number(0..4)?.try_into().ok()?, number(4..6)?, number(6..8)?)
}

/// How many days: up to `DTEND`, which is the first day no longer part of it, or for `DURATION`, or one.
fn days(component: &Component<'_>, first: NaiveDate) -> Result<u64, Why> {
    let days = match (component.find_prop("DTEND"), text(component, "DURATION")) {
        (Some(end), _) => (whole_day(end.val.as_str())? - first).num_days(),
        (None, Some(written)) => duration_days(written).ok_or(Why::NotAllDay)?,
        (None, None) => 1,
    };
    // Some programs write the same day as the end of a one-day event.
    let days = u64::try_from(days.max(1)).unwrap_or(u64::MAX);
    if days > DAYS_MAX { Err(Why::TooLong) } else { Ok(days) }
}

/// `P2D` or `P1W`.
fn duration_days(written: &str) -> Option<i64> {
    let (count, unit) = written.strip_prefix('P')?.split_at_checked(written.len().checked_sub(2)?)?;
    let count: i64 = count.parse::<u16>().ok()?.into();
    match unit {
        "D" => Some(count),
        "W" => Some(count * 7),
        _ => None,
    }
}

/// The dates of a property that may stand more than once and list several.
fn dates(component: &Component<'_>, name: &str) -> Vec<NaiveDate> {
    let named = component.properties.iter().filter(|property: &&Property<'_>| property.name == name);
    named
        .flat_map(|property| property.val.as_str().split(',').filter_map(|date| whole_day(date).ok()))
        .collect()
}
