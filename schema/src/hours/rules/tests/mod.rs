//! The calendars that the tests share, and short ways to write instants.

mod checks;
mod limits;
mod oracle;
mod schedules;
mod vectors;
mod whens;
mod zones;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{Calendar, DayException, DayHours, Interval};

pub(super) fn utc(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

pub(super) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Hours from pairs of full and half hours: `[(9.0, 12.0), (13.0, 18.0)]`.
pub(super) fn hours(pairs: &[(f64, f64)]) -> DayHours {
    let minute = |hour: f64| (hour * 60.0) as u16;
    let interval =
        |(start, end): &(f64, f64)| Interval { start_minute: minute(*start), end_minute: minute(*end) };
    DayHours::new(pairs.iter().map(interval).collect()).unwrap()
}

/// One of the named weeks of the vectors:
/// N Monday to Friday 9–18; B the same with a break from 12 to 13; S = B and Saturday 10–14; F = B with
/// Friday 9–13; W every day around the clock; U = B and Sunday 1–5; G = B and Sunday 2:30–6.
pub(super) fn week(name: char) -> [DayHours; 7] {
    let broken = &[(9.0, 12.0), (13.0, 18.0)];
    std::array::from_fn(|weekday| match (name, weekday) {
        ('W', _) => hours(&[(0.0, 24.0)]),
        ('N', 1..=5) => hours(&[(9.0, 18.0)]),
        ('F', 5) => hours(&[(9.0, 13.0)]),
        ('S', 6) => hours(&[(10.0, 14.0)]),
        ('U', 0) => hours(&[(1.0, 5.0)]),
        ('G', 0) => hours(&[(2.5, 6.0)]),
        ('B' | 'S' | 'F' | 'U' | 'G', 1..=5) => hours(broken),
        _ => DayHours::closed(),
    })
}

/// A calendar in Istanbul with the two holidays of the vectors.
pub(super) fn istanbul(name: char) -> Calendar {
    let holidays = ["2026-04-23", "2026-10-29"].map(|day| (date(day), DayException::Closed));
    Calendar::new(chrono_tz::Europe::Istanbul, week(name), holidays).unwrap()
}

pub(super) fn elsewhere(zone: Tz, name: char) -> Calendar {
    Calendar::new(zone, week(name), []).unwrap()
}
