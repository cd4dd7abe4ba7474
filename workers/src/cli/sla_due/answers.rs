//! One line of `workers sla-due`.
//!
//! Most of a line is its schedule, and most lines repeat the schedule of another. So a calendar is built once per text
//! of a schedule, and a line that begins with the very bytes of the one before is read from where they end.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use schema::hours::rules::{Calendar, Schedule, When};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Calendars kept; when there are more, all are forgotten.
const KEPT_MAX: usize = 10_000;
/// Minutes beyond which every deadline lies too far ahead to be told: twenty years.
const MINUTES_MAX: u64 = 20 * 366 * 24 * 60;

/// Answers lines and remembers calendars.
#[derive(Default)]
pub(super) struct Answers {
    kept: HashMap<Box<str>, Arc<Calendar>>,
    /// How the last line began, up to the end of its schedule, and its calendar.
    last: Option<(Box<[u8]>, Arc<Calendar>)>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    schedule: &'a RawValue,
    #[serde(borrow)]
    start: Cow<'a, str>,
    minutes: u64,
    #[serde(borrow, default)]
    span_end: Option<Cow<'a, str>>,
}

/// A line without its schedule.
#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    start: Cow<'a, str>,
    minutes: u64,
    #[serde(borrow, default)]
    span_end: Option<Cow<'a, str>>,
}

impl Answers {
    /// Appends the answer to a line, without a line end. The line's bytes are used up.
    ///
    /// # Errors
    /// What is wrong with the line; then nothing was appended.
    pub fn answer(&mut self, line: &mut [u8], out: &mut Vec<u8>) -> Result<(), String> {
        let (calendar, question) = match self.begins_like_the_last(line) {
            Some((calendar, rest)) => {
                (calendar, serde_json::from_slice(rest).map_err(|error| error.to_string())?)
            }
            None => self.read(line)?,
        };
        question.answer(&calendar, out)
    }

    /// The calendar of a line that begins like the last one, and the rest of the line as an object of its own: the
    /// comma that follows becomes the brace that opens it.
    fn begins_like_the_last<'a>(&self, line: &'a mut [u8]) -> Option<(Arc<Calendar>, &'a [u8])> {
        let (start, calendar) = self.last.as_ref()?;
        let rest = line.starts_with(start).then(|| line[start.len()..].as_mut())?;
        let comma = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        (rest[comma] == b',').then(|| {
            rest[comma] = b'{';
            (calendar.clone(), &rest[comma..])
        })
    }

    fn read<'a>(&mut self, line: &'a [u8]) -> Result<(Arc<Calendar>, Question<'a>), String> {
        let Line { schedule, start, minutes, span_end } =
            serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let calendar = self.calendar(schedule.get())?;
        let begins = schedule.get().as_ptr() as usize - line.as_ptr() as usize;
        let before: Vec<u8> =
            line[..begins].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        if before == br#"{"schedule":"# {
            let start = line[..begins + schedule.get().len()].into();
            self.last = Some((start, calendar.clone()));
        }
        Ok((calendar, Question { start, minutes, span_end }))
    }

    fn calendar(&mut self, text: &str) -> Result<Arc<Calendar>, String> {
        if let Some(calendar) = self.kept.get(text) {
            return Ok(calendar.clone());
        }
        let schedule: Schedule<'_> =
            serde_json::from_str(text).map_err(|error| format!("schedule: {error}"))?;
        let calendar = Arc::new(schedule.calendar().map_err(|error| format!("schedule: {error}"))?);
        if self.kept.len() >= KEPT_MAX {
            self.kept.clear();
        }
        self.kept.insert(text.into(), calendar.clone());
        Ok(calendar)
    }
}

impl Question<'_> {
    fn answer(&self, calendar: &Calendar, out: &mut Vec<u8>) -> Result<(), String> {
        let start = instant("start", &self.start, calendar)?;
        let span_end = self.span_end.as_ref().map(|end| instant("span_end", end, calendar)).transpose()?;
        let working = TimeDelta::minutes(self.minutes.min(MINUTES_MAX).cast_signed());
        let due = calendar.due(start, working);
        out.extend_from_slice(br#"{"deadline":"#);
        match due.at {
            Some(at) => write_instant(at, out),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(if due.started_at_work {
            br#","open_at_start":true"#
        } else {
            br#","open_at_start":false"#
        });
        if let Some(end) = span_end {
            let seconds = calendar.working_time(start, end).num_seconds();
            out.extend_from_slice(br#","business_seconds_in_span":"#);
            out.extend_from_slice(seconds.to_string().as_bytes());
        }
        out.push(b'}');
        Ok(())
    }
}

/// From the year 1 to 9900: every instant that follows from it has a year of four digits.
fn instant(name: &str, text: &str, calendar: &Calendar) -> Result<DateTime<Utc>, String> {
    let at = When::parse(text).and_then(|when| when.on(calendar));
    at.filter(|at| (1..=9900).contains(&at.year())).ok_or_else(|| format!("{name} is no time: {text:?}"))
}

/// `"2026-01-12T06:55:00Z"`; formatting by pattern would cost more than the whole calendar.
fn write_instant(at: DateTime<Utc>, out: &mut Vec<u8>) {
    let at = at.naive_utc();
    let year = u32::try_from(at.year()).unwrap_or_default();
    let two = |number: u32| [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8];
    let ([y1, y2], [y3, y4]) = (two(year / 100), two(year));
    let ([m1, m2], [d1, d2]) = (two(at.month()), two(at.day()));
    let ([h1, h2], [n1, n2], [s1, s2]) = (two(at.hour()), two(at.minute()), two(at.second()));
    out.extend_from_slice(&[
        b'"', y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z',
        b'"',
    ]);
}
