//! The questions: an ordinary week with a lunch break and a year's holidays, in zones with and without summer time.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use schema::hours::rules::{Calendar, Schedule};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

pub const ZONES: [&str; 5] =
    ["Europe/Istanbul", "Europe/Berlin", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe"];

const MINUTES: [u32; 4] = [60, 240, 480, 1440];
/// 2026-01-01T00:00:00Z.
const NEW_YEAR: i64 = 1_767_225_600;
const YEAR_SECONDS: u64 = 365 * 86_400;

/// One question.
pub struct Line {
    pub zone: &'static str,
    pub start: DateTime<Utc>,
    minutes: u32,
}

impl Line {
    pub fn working(&self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }
}

/// Starts scattered over 2026, the same in every run.
pub fn lines(count: u32, zones: &[&'static str]) -> Vec<Line> {
    let line = |number: u32| {
        // Knuth's multiplicative hash: far from one another, and without a generator.
        let second = u64::from(number) * 2_654_435_761 % YEAR_SECONDS;
        Line {
            zone: zones[number as usize % zones.len()],
            start: DateTime::from_timestamp(NEW_YEAR + second.cast_signed(), 0).unwrap_or_default(),
            minutes: MINUTES[number as usize % MINUTES.len()],
        }
    };
    (0..count).map(line).collect()
}

fn schedule(zone: &str) -> Value {
    let day = json!([["09:00", "12:00"], ["13:00", "18:00"]]);
    json!({
        "tz": zone,
        "hours": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day },
        "holidays": ["2026-01-01", "2026-03-20", "2026-04-23", "2026-05-01", "2026-05-19", "2026-05-27", "2026-05-28",
                     "2026-05-29", "2026-07-15", "2026-10-29"],
        "breaks": { "2026-10-28": [["13:00", "18:00"]], "2026-05-26": [["13:00", "18:00"]] },
    })
}

pub fn calendar(zone: &str) -> Calendar {
    let text = schedule(zone).to_string();
    let schedule: Schedule<'_> = serde_json::from_str(&text).expect("the schedule above is one");
    schedule.calendar().expect("its zone and hours are sound")
}

/// As `sla-due` must answer it.
pub fn answer(calendar: &Calendar, line: &Line) -> String {
    let due = calendar.due(line.start, line.working());
    let at = due.at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    json!({ "deadline": at, "open_at_start": due.started_at_work }).to_string()
}

pub fn write(lines: &[Line], path: &Path) -> anyhow::Result<()> {
    let schedules: Vec<(&str, String)> = ZONES.map(|zone| (zone, schedule(zone).to_string())).to_vec();
    let mut file = BufWriter::new(File::create(path)?);
    for line in lines {
        let schedule = schedules.iter().find(|(zone, _)| *zone == line.zone).map_or("", |(_, text)| text);
        let start = line.start.to_rfc3339_opts(SecondsFormat::Secs, true);
        writeln!(file, r#"{{"schedule":{schedule},"start":"{start}","minutes":{}}}"#, line.minutes)?;
    }
    Ok(file.flush()?)
}
