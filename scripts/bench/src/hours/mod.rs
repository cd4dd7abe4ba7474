//! Working time (PERFORMANCE row B1): deadlines on one core, by the rules alone and through `workers sla-due`.
//!
//! Needs no server. The rules run in this process; `sla-due` is the product's own program with a file as its input. Every
//! answer of it must be the one the rules give, or its figures are refused.

mod lines;

use crate::report::{Report, Row, progress};
use crate::settings::HoursOptions;
use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use lines::{Line, ZONES};
use schema::hours::rules::Calendar;
use std::fs::{self, File};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const FLOOR: f64 = 200_000.0;
const GOAL: f64 = 2_000_000.0;
/// Questions the rules are asked over and over.
const QUESTIONS: usize = 100_000;

/// # Errors
/// A file cannot be written, the program is missing, or an answer is wrong.
pub fn run(programs: &Path, rounds: u16, options: &HoursOptions) -> anyhow::Result<()> {
    let report = Report::new("hours").with("cores", 1);
    for zone in ZONES {
        let rates: Vec<f64> = (0..rounds).map(|_| rules(zone, options.lines)).collect();
        report.say(row("deadlines by the rules").with("zone", zone), &rates);
    }
    let scratch = Scratch::new()?;
    for (name, zones) in [("one schedule", &ZONES[..1]), ("five schedules in turn", &ZONES[..])] {
        let lines = lines::lines(options.lines, zones);
        let input = scratch.0.join("questions");
        lines::write(&lines, &input)?;
        let bytes = fs::metadata(&input)?.len();
        let rates: Vec<f64> =
            (0..rounds).map(|_| sla_due(programs, &scratch.0, &lines)).collect::<Result<_, _>>()?;
        let row = row("deadlines by sla-due").with("schedules", name).with("lines", options.lines);
        report.say(row.with("bytes_per_line", bytes / u64::from(options.lines)), &rates);
    }
    Ok(())
}

fn row(metric: &str) -> Row {
    Row::new("B1", metric, "1/s").against(FLOOR, GOAL)
}

/// Deadlines a second by the rules alone.
fn rules(zone: &'static str, count: u32) -> f64 {
    let calendar = lines::calendar(zone);
    let questions: Vec<(DateTime<Utc>, TimeDelta)> =
        lines::lines(QUESTIONS as u32, &[zone]).iter().map(|line| (line.start, line.working())).collect();
    let begun = Instant::now();
    for (start, working) in questions.iter().cycle().take(count as usize) {
        black_box(calendar.due(black_box(*start), *working));
    }
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// Lines a second through the program, its start included.
fn sla_due(programs: &Path, scratch: &Path, lines: &[Line]) -> anyhow::Result<f64> {
    let program = programs.join("workers");
    ensure!(program.is_file(), "{} is missing; run without --no-build", program.display());
    let output = scratch.join("answers");
    let begun = Instant::now();
    let status = Command::new(&program)
        .arg("sla-due")
        .env_clear()
        .current_dir("/")
        .stdin(File::open(scratch.join("questions"))?)
        .stdout(File::create(&output)?)
        .stderr(Stdio::inherit())
        .status()
        .context("workers sla-due cannot be started")?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(status.success(), "workers sla-due failed");
    check(lines, &fs::read_to_string(&output)?)?;
    Ok(lines.len() as f64 / seconds)
}

fn check(lines: &[Line], answers: &str) -> anyhow::Result<()> {
    let calendars: Vec<(&str, Calendar)> = ZONES.map(|zone| (zone, lines::calendar(zone))).to_vec();
    let mut answers = answers.lines();
    for (number, line) in lines.iter().enumerate() {
        let calendar = calendars.iter().find(|(zone, _)| *zone == line.zone).map(|(_, calendar)| calendar);
        let expected = calendar.map(|calendar| lines::answer(calendar, line));
        ensure!(answers.next().map(str::to_owned) == expected, "answer {} is wrong", number + 1);
    }
    ensure!(answers.next().is_none(), "there are more answers than questions");
    progress("  every answer is the one the rules give");
    Ok(())
}

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("bench-hours-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
