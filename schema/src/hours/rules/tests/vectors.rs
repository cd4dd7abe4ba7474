//! The worked examples A9-V1…V33 in Istanbul and A9-V34…V43 across clock changes.

use chrono::{FixedOffset, TimeDelta, TimeZone, Utc};
use chrono_tz::America::New_York;
use chrono_tz::Europe::{Berlin, Istanbul};
use chrono_tz::Tz;

use super::*;

/// Number, week, start on the clocks of Istanbul, hours, due in UTC.
const IN_ISTANBUL: [(u32, char, &str, i64, &str); 33] = [
    (1, 'N', "2026-01-09 17:55", 1, "2026-01-12T06:55:00Z"),
    (2, 'B', "2026-01-09 17:30", 1, "2026-01-12T06:30:00Z"),
    (3, 'N', "2026-01-11 22:30", 8, "2026-01-12T14:00:00Z"),
    (4, 'B', "2026-01-12 09:00", 1, "2026-01-12T07:00:00Z"),
    (5, 'B', "2026-01-12 11:00", 1, "2026-01-12T09:00:00Z"),
    (6, 'B', "2026-01-12 11:30", 1, "2026-01-12T10:30:00Z"),
    (7, 'B', "2026-01-12 12:00", 1, "2026-01-12T11:00:00Z"),
    (8, 'B', "2026-01-12 12:15", 1, "2026-01-12T11:00:00Z"),
    (9, 'B', "2026-01-12 12:59", 4, "2026-01-12T14:00:00Z"),
    (10, 'B', "2026-01-12 17:00", 1, "2026-01-12T15:00:00Z"),
    (11, 'B', "2026-01-12 18:00", 1, "2026-01-13T07:00:00Z"),
    (12, 'B', "2026-01-12 17:59", 1, "2026-01-13T06:59:00Z"),
    (13, 'B', "2026-01-12 08:59", 1, "2026-01-12T07:00:00Z"),
    (14, 'B', "2026-01-12 07:15", 4, "2026-01-12T11:00:00Z"),
    (15, 'B', "2026-01-12 09:00", 8, "2026-01-12T15:00:00Z"),
    (16, 'B', "2026-01-11 22:30", 8, "2026-01-12T15:00:00Z"),
    (17, 'N', "2026-01-12 09:00", 8, "2026-01-12T14:00:00Z"),
    (18, 'B', "2026-01-12 10:20", 8, "2026-01-13T07:20:00Z"),
    (19, 'B', "2026-01-12 09:00", 24, "2026-01-14T15:00:00Z"),
    (20, 'N', "2026-01-12 09:00", 24, "2026-01-14T12:00:00Z"),
    (21, 'B', "2026-01-09 16:10", 24, "2026-01-14T13:10:00Z"),
    (22, 'N', "2026-01-09 16:10", 24, "2026-01-14T10:10:00Z"),
    (23, 'B', "2026-01-10 12:00", 1, "2026-01-12T07:00:00Z"),
    (24, 'B', "2026-01-09 18:00", 1, "2026-01-12T07:00:00Z"),
    (25, 'B', "2026-10-28 17:30", 1, "2026-10-30T06:30:00Z"),
    (26, 'B', "2026-10-28 16:00", 4, "2026-10-30T08:00:00Z"),
    (27, 'B', "2026-10-29 10:00", 8, "2026-10-30T15:00:00Z"),
    (28, 'B', "2026-04-22 15:00", 8, "2026-04-24T12:00:00Z"),
    (29, 'B', "2026-10-28 10:00", 24, "2026-11-03T07:00:00Z"),
    (30, 'S', "2026-01-09 17:30", 4, "2026-01-10T10:30:00Z"),
    (31, 'S', "2026-01-10 13:30", 1, "2026-01-12T06:30:00Z"),
    (32, 'F', "2026-01-09 12:30", 1, "2026-01-12T06:30:00Z"),
    (33, 'N', "2026-12-31 17:00", 4, "2027-01-01T09:00:00Z"),
];

/// Number, zone, week, start in UTC, hours, due in UTC.
const CLOCK_CHANGES: [(u32, Tz, char, &str, i64, &str); 10] = [
    (34, Berlin, 'B', "2026-03-27T17:30:00+01:00", 1, "2026-03-30T07:30:00Z"),
    (35, Berlin, 'B', "2026-10-23T17:30:00+02:00", 1, "2026-10-26T08:30:00Z"),
    (36, New_York, 'B', "2026-03-06T17:30:00-05:00", 1, "2026-03-09T13:30:00Z"),
    (37, Berlin, 'B', "2026-03-27T16:10:00+01:00", 24, "2026-04-01T14:10:00Z"),
    (38, Berlin, 'W', "2026-03-29T00:30:00+01:00", 4, "2026-03-29T03:30:00Z"),
    (39, Berlin, 'W', "2026-10-25T00:30:00+02:00", 4, "2026-10-25T02:30:00Z"),
    (40, Berlin, 'U', "2026-03-29T00:00:00+01:00", 4, "2026-03-30T08:00:00Z"),
    (41, Berlin, 'U', "2026-10-25T00:00:00+02:00", 4, "2026-10-25T03:00:00Z"),
    (42, Berlin, 'G', "2026-03-29T00:00:00+01:00", 1, "2026-03-29T02:00:00Z"),
    (43, Istanbul, 'W', "2026-03-29T00:30:00+03:00", 4, "2026-03-29T01:30:00Z"),
];

#[test]
fn every_worked_example_in_istanbul_comes_out() {
    let zone = FixedOffset::east_opt(3 * 3600).unwrap();
    for (number, week, start, hours, due) in IN_ISTANBUL {
        let local = chrono::NaiveDateTime::parse_from_str(start, "%Y-%m-%d %H:%M").unwrap();
        let start = zone.from_local_datetime(&local).unwrap().with_timezone(&Utc);
        check(number, &istanbul(week), start, hours, due);
    }
}

#[test]
fn every_worked_example_across_a_clock_change_comes_out() {
    for (number, zone, week, start, hours, due) in CLOCK_CHANGES {
        check(number, &elsewhere(zone, week), utc(start), hours, due);
    }
}

fn check(number: u32, calendar: &Calendar, start: DateTime<Utc>, hours: i64, due: &str) {
    let working = TimeDelta::hours(hours);
    let deadline = calendar.deadline(start, working);
    assert_eq!(deadline, Some(utc(due)), "A9-V{number}");
    assert_eq!(calendar.working_time(start, utc(due)), working, "A9-V{number} backwards");
}
