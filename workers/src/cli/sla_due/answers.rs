//! One line of `workers sla-due`.
//!
//! Most of a line is its schedule, and most lines repeat the schedule of another. So a calendar is built once per text
//! of a schedule, and a line with the text of a recent one is read with a single digit in its place: comparing
//! bytes costs a hundredth of parsing them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use memchr::memmem::Finder;
use schema::hours::rules::{Calendar, Schedule, When};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Calendars kept; when there are more, all are forgotten.
const KEPT_MAX: usize = 10_000;
/// Schedules whose text is looked for in a line before it is parsed.
const RECENT_MAX: usize = 32;
/// Minutes beyond which every deadline lies too far ahead to be told: twenty years.
const MINUTES_MAX: u64 = 20 * 366 * 24 * 60;
/// What stands for a schedule that was recognized.
const STAND_IN: u8 = 0;

/// Answers lines and remembers calendars.
#[derive(Default)]
pub(super) struct Answers {
    kept: HashMap<Arc<str>, Arc<Calendar>>,
    /// The latest first.
    recent: Vec<Known>,
}

struct Known {
    text: Arc<str>,
    calendar: Arc<Calendar>,
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

/// A line whose schedule was recognized.
#[derive(Deserialize)]
struct Question<'a> {
    schedule: u8,
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
        if let Some((at, text)) = self.recognize(line) {
            let (short, shown) = shorten(line, at, text.len());
            match serde_json::from_slice::<Question<'_>>(&line[..short]) {
                Ok(question) if question.schedule == STAND_IN => return question.answer(&self.recent[0].calendar, out),
                // Whatever is wrong is found out, and told, with the line as it was.
                _ => restore(line, at, &text, shown),
            }
        }
        let Line { schedule, start, minutes, span_end } =
            serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let calendar = self.calendar(schedule.get())?;
        Question { schedule: STAND_IN, start, minutes, span_end }.answer(&calendar, out)
    }

    /// Where a recent schedule stands in a line, and its text; it is the latest from now on. An object ends where it
    /// ends: no schedule's text is the beginning of another's.
    fn recognize(&mut self, line: &[u8]) -> Option<(usize, Arc<str>)> {
        static KEY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br#""schedule""#));
        let behind_key = KEY.find(line)? + KEY.needle().len();
        let colon = behind_key + line[behind_key..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        let at = colon + 1 + line.get(colon + 1..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let known = |known: &Known| line[at..].starts_with(known.text.as_bytes());
        let found = self.recent.iter().position(known).filter(|_| line[colon] == b':')?;
        self.recent[..=found].rotate_right(1);
        Some((at, self.recent[0].text.clone()))
    }

    fn calendar(&mut self, text: &str) -> Result<Arc<Calendar>, String> {
        let (text, calendar) = match self.kept.get_key_value(text) {
            Some((text, calendar)) => (text.clone(), calendar.clone()),
            None => self.build(text)?,
        };
        self.recent.truncate(RECENT_MAX - 1);
        self.recent.insert(0, Known { text, calendar: calendar.clone() });
        Ok(calendar)
    }

    fn build(&mut self, text: &str) -> Result<(Arc<str>, Arc<Calendar>), String> {
        let schedule: Schedule<'_> = serde_json::from_str(text).map_err(|error| format!("schedule: {error}"))?;
        let calendar = Arc::new(schedule.calendar().map_err(|error| format!("schedule: {error}"))?);
        if self.kept.len() >= KEPT_MAX {
            self.kept.clear();
        }
        let text: Arc<str> = text.into();
        self.kept.insert(text.clone(), calendar.clone());
        Ok((text, calendar))
    }
}

/// Puts the stand-in in place of so many bytes. Returns how long the line is now, and how long it was.
fn shorten(line: &mut [u8], at: usize, length: usize) -> (usize, usize) {
    line[at] = b'0' + STAND_IN;
    line.copy_within(at + length.., at + 1);
    (line.len() - length + 1, line.len())
}

fn restore(line: &mut [u8], at: usize, text: &str, length: usize) {
    line.copy_within(at + 1..length - text.len() + 1, at + text.len());
    line[at..at + text.len()].copy_from_slice(text.as_bytes());
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
