//! Schedules from JSON: what they mean and what is refused.

use serde_json::{Value, json};

use super::super::Schedule;
use super::*;

fn read(schedule: &Value) -> Result<Calendar, String> {
    let text = schedule.to_string();
    let schedule: Schedule<'_> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    schedule.calendar().map_err(|error| error.to_string())
}

fn written() -> Value {
    json!({
        "tz": "Europe/Istanbul",
        "hours": { "mon": [["09:00", "12:00"], ["13:00", "18:00"]], "wed": [["09:00", "18:00"]], "sat": [["22:00", "24:00"]] },
        "holidays": ["2026-10-26", "2026-10-26", "2026-10-31"],
        "breaks": { "2026-10-28": [["13:00", "18:00"]], "2026-10-31": [["22:00", "23:00"]], "2026-10-29": [["00:00", "24:00"]] },
    })
}

#[test]
fn weekdays_holidays_and_breaks_make_a_calendar() {
    let calendar = read(&written()).unwrap();
    let day = |text: &str| {
        let local = date(text).and_hms_opt(0, 0, 0).unwrap() - chrono::TimeDelta::hours(3);
        calendar.working_time(local.and_utc(), local.and_utc() + chrono::TimeDelta::days(1)).num_minutes()
    };
    assert_eq!(day("2026-10-19"), 8 * 60);
    assert_eq!(day("2026-10-20"), 0, "a weekday that is not named is closed");
    assert_eq!(day("2026-10-21"), 9 * 60);
    assert_eq!(day("2026-10-24"), 2 * 60);
    assert_eq!(day("2026-10-26"), 0, "a holiday, named twice");
    assert_eq!(day("2026-10-28"), 4 * 60, "a break to the end of the day");
    assert_eq!(day("2026-10-29"), 0, "a break of a closed day opens nothing");
    assert_eq!(day("2026-10-31"), 0, "a holiday is closed whatever else is said of it");
}

#[test]
fn intervals_come_in_any_order_and_weekdays_may_be_written_out() {
    let mut other = written();
    let hours = other["hours"].as_object_mut().unwrap();
    hours.insert("monday".into(), json!([["13:00", "18:00"], ["09:00", "12:00"]]));
    hours.remove("mon");
    assert_eq!(read(&other), read(&written()));
}

/// Breaks overlap the hours and one another in every way.
#[test]
fn a_break_takes_out_what_it_meets() {
    let left = |breaks: Value| {
        let calendar = read(&json!({
            "tz": "UTC",
            "hours": { "mon": [["08:00", "12:00"], ["13:00", "17:00"]] },
            "breaks": { "2026-01-12": breaks },
        }));
        let Some(DayException::Hours(hours)) = calendar.unwrap().exception(date("2026-01-12")).cloned()
        else {
            panic!("no exception")
        };
        let text =
            |interval: &Interval| format!("{}-{}", interval.start_minute / 60, interval.end_minute / 60);
        hours.intervals().iter().map(text).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(left(json!([])), "8-12 13-17");
    assert_eq!(left(json!([["09:00", "10:00"]])), "8-9 10-12 13-17");
    assert_eq!(left(json!([["11:00", "14:00"]])), "8-11 14-17");
    assert_eq!(left(json!([["08:00", "12:00"]])), "13-17");
    assert_eq!(left(json!([["12:00", "13:00"]])), "8-12 13-17");
    assert_eq!(left(json!([["00:00", "24:00"]])), "");
    assert_eq!(
        left(json!([["15:00", "16:00"], ["09:00", "10:00"], ["09:00", "11:00"]])),
        "8-9 11-12 13-15 16-17"
    );
}

#[test]
fn what_is_no_schedule_is_refused_with_its_place() {
    let with = |path: &str, value: Value| {
        let mut schedule = written();
        *schedule.pointer_mut(path).unwrap() = value;
        read(&schedule).unwrap_err()
    };
    assert_eq!(with("/tz", json!("Mars/Base")), "the time zone \"Mars/Base\" is not known");
    assert_eq!(with("/hours/mon/0/1", json!("09:00")), "mon: the end must be later than the start");
    assert_eq!(
        with("/hours/mon/0/1", json!("13:30")),
        "mon: intervals must be in order and must not overlap"
    );
    assert_eq!(
        with("/hours/sat/0/1", json!("24:01")),
        "sat: a clock time is written HH:MM, from 00:00 to 24:00"
    );
    assert_eq!(
        with("/breaks/2026-10-28/0/0", json!("19:00")),
        "2026-10-28: the end must be later than the start"
    );
    assert!(with("/holidays/0", json!("2026-02-29")).starts_with("input is out of range"));
    assert!(with("/hours", json!({ "mno": [] })).starts_with("unknown field `mno`"));
    assert!(with("/hours", json!(7)).starts_with("invalid type"));
    let mut more = written();
    more["holyday"] = json!([]);
    assert!(read(&more).unwrap_err().starts_with("unknown field `holyday`"));
}
