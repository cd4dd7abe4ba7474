//! Dates, clock times, durations and openings in words.
//!
//! [`tr`] is what visitors and customers of a Turkish site read and is exact to the letter; [`en`] has the
//! same functions under the same names. Neither knows a zone: they are given local dates and times.

pub mod en;
mod suffix;
pub mod tr;

pub use suffix::locative;

use chrono::{NaiveDate, TimeDelta};

/// A weekday alone names a date without doubt only within the coming six days.
const DAYS_NAMED_BY_WEEKDAY: i64 = 6;

fn weekday_is_enough(date: NaiveDate, today: NaiveDate) -> bool {
    (0..=DAYS_NAMED_BY_WEEKDAY).contains(&(date - today).num_days())
}

/// Days, hours and minutes of a duration, begun minutes counted whole.
fn split(duration: TimeDelta) -> [i64; 3] {
    let minutes = (duration.num_seconds().max(0) + 59) / 60;
    [minutes / 1440, minutes / 60 % 24, minutes % 60]
}

/// Joins amounts with their units and leaves zeros out; if all are zero the last one stays.
fn amounts(parts: &[(i64, &str)]) -> String {
    let text = |(amount, unit): &(i64, &str)| format!("{amount} {unit}");
    let kept: Vec<String> = parts.iter().filter(|(amount, _)| *amount != 0).map(text).collect();
    match parts.last() {
        Some(last) if kept.is_empty() => text(last),
        _ => kept.join(" "),
    }
}

#[cfg(test)]
mod tests;
