//! The business-hours check, A9-V44…V56, and its edges.

use super::super::{Moment, Status, hours_until};
use super::*;

const BREAK_END: &str = "2026-01-12T10:00:00Z";

/// Number, week, instant, next opening and hours until then, closed for a holiday.
const CLOSED: [(u32, char, &str, &str, f64, bool); 9] = [
    (44, 'B', "2026-01-11T19:30:00Z", "2026-01-12T06:00:00Z", 10.5, false),
    (45, 'N', "2026-01-09T19:30:00Z", "2026-01-12T06:00:00Z", 58.5, false),
    (46, 'B', "2026-01-12T05:59:00Z", "2026-01-12T06:00:00Z", 0.02, false),
    (52, 'B', "2026-01-12T15:00:00Z", "2026-01-13T06:00:00Z", 15.0, false),
    (53, 'B', "2026-10-28T15:00:00Z", "2026-10-30T06:00:00Z", 39.0, false),
    (54, 'B', "2026-10-29T07:00:00Z", "2026-10-30T06:00:00Z", 23.0, true),
    (55, 'B', "2026-10-29T20:15:00Z", "2026-10-30T06:00:00Z", 9.75, true),
    (56, 'S', "2026-01-10T12:00:00Z", "2026-01-12T06:00:00Z", 42.0, false),
    (0, 'B', "2026-10-29T21:00:00Z", "2026-10-30T06:00:00Z", 9.0, false),
];

/// Number, week, instant, in the break.
const OPEN: [(u32, char, &str, bool); 7] = [
    (47, 'B', "2026-01-12T06:00:00Z", false),
    (48, 'B', "2026-01-12T09:00:00Z", true),
    (49, 'B', BREAK_END, false),
    (50, 'N', "2026-01-12T09:30:00Z", false),
    (51, 'B', "2026-01-12T14:59:00Z", false),
    (0, 'B', "2026-01-12T08:59:59Z", false),
    (0, 'B', "2026-01-12T09:59:59Z", true),
];

#[test]
fn a_closed_site_names_its_next_opening_over_weekends_and_holidays() {
    for (number, week, at, opens, hours, holiday) in CLOSED {
        let (calendar, at, opens) = (istanbul(week), utc(at), utc(opens));
        let moment = if holiday { Moment::Holiday } else { Moment::Closed };
        assert_eq!(calendar.moment(at), moment, "A9-V{number}");
        assert!(!calendar.is_open(at));
        assert_eq!(calendar.next_opening(at), Some(opens), "A9-V{number}");
        assert_eq!(hours_until(opens, at), hours, "A9-V{number}");
    }
}

#[test]
fn a_site_in_its_break_is_open_but_does_not_work() {
    for (number, week, at, pause) in OPEN {
        let (calendar, at) = (istanbul(week), utc(at));
        let moment = if pause { Moment::Break { until: utc(BREAK_END) } } else { Moment::Open };
        assert_eq!(calendar.moment(at), moment, "A9-V{number}");
        assert!(calendar.is_open(at));
        assert_eq!(calendar.is_working(at), !pause);
        assert_eq!(calendar.next_opening(at), None);
    }
}

#[test]
fn a_half_day_a_worked_saturday_and_a_named_working_day_replace_the_weekday() {
    let exceptions = [
        (date("2026-03-19"), DayException::Hours(hours(&[(9.0, 13.0)]))),
        (date("2026-03-21"), DayException::Hours(hours(&[(10.0, 12.0)]))),
        (date("2026-03-23"), DayException::Normal),
        (date("2026-03-20"), DayException::Closed),
    ];
    let calendar = Calendar::new(chrono_tz::Europe::Istanbul, week('B'), exceptions).unwrap();
    assert_eq!(calendar.moment(utc("2026-03-19T09:59:59Z")), Moment::Open);
    assert_eq!(calendar.moment(utc("2026-03-19T10:00:00Z")), Moment::Closed);
    assert_eq!(calendar.next_opening(utc("2026-03-19T10:00:00Z")), Some(utc("2026-03-21T07:00:00Z")));
    assert_eq!(calendar.next_opening(utc("2026-03-21T09:00:00Z")), Some(utc("2026-03-23T06:00:00Z")));
    let four_hours = chrono::TimeDelta::hours(4);
    assert_eq!(
        calendar.deadline(utc("2026-03-19T09:00:00Z"), four_hours),
        Some(utc("2026-03-23T07:00:00Z")),
        "one hour on the half day, two on Saturday, one on Monday"
    );
}

#[test]
fn a_site_that_never_closes_never_opens_and_has_no_break() {
    let calendar = istanbul('W');
    for at in ["2026-01-12T20:59:59Z", "2026-01-12T21:00:00Z", "2026-01-12T09:00:00Z"] {
        assert_eq!(calendar.moment(utc(at)), Moment::Open);
        assert_eq!(calendar.next_opening(utc(at)), None);
    }
}

/// The whole answer of A9-V48 and A9-V54, as a widget reads it.
#[test]
fn a_check_says_all_that_a_widget_shows() {
    let answer = |at: &str| {
        let check = istanbul('B').check(utc(at), || Some("Cumhuriyet Bayramı".to_owned()));
        serde_json::to_value(check).unwrap()
    };
    let week = serde_json::json!({
        "monday": "09:00-18:00", "tuesday": "09:00-18:00", "wednesday": "09:00-18:00", "thursday": "09:00-18:00",
        "friday": "09:00-18:00", "saturday": "closed", "sunday": "closed",
    });
    assert_eq!(
        answer("2026-01-12T09:00:00.250Z"),
        serde_json::json!({
            "isOpen": true, "currentStatus": "break", "reason": "break", "currentTime": "2026-01-12T09:00:00Z",
            "nextOpenTime": null, "hoursUntilOpen": null, "businessHours": week, "timezone": "Europe/Istanbul",
            "breakEnd": BREAK_END,
        })
    );
    assert_eq!(
        answer("2026-10-29T20:15:00Z"),
        serde_json::json!({
            "isOpen": false, "currentStatus": "closed", "reason": "holiday", "currentTime": "2026-10-29T20:15:00Z",
            "nextOpenTime": "2026-10-30T06:00:00Z", "hoursUntilOpen": 9.75, "businessHours": week,
            "timezone": "Europe/Istanbul", "breakEnd": null, "holidayName": "Cumhuriyet Bayramı",
        })
    );
}

/// A9-V44 to V56: status, reason, next opening and hours of each.
#[test]
fn every_check_of_the_table_comes_out() {
    for (number, week, at, opens, hours, holiday) in CLOSED {
        let check = istanbul(week).check(utc(at), || Some("Tatil".to_owned()));
        let reason = if holiday { "holiday" } else { "outside_business_hours" };
        assert_eq!((check.is_open, check.current_status), (false, Status::Closed), "A9-V{number}");
        assert_eq!((check.reason, check.holiday_name.is_some()), (Some(reason), holiday), "A9-V{number}");
        assert_eq!(
            (check.next_open_time, check.hours_until_open),
            (Some(utc(opens)), Some(hours)),
            "A9-V{number}"
        );
    }
    for (number, week, at, pause) in OPEN {
        let check = istanbul(week).check(utc(at), || None);
        let expected = if pause { (Status::Break, Some("break")) } else { (Status::Open, None) };
        assert!(check.is_open && check.next_open_time.is_none() && check.hours_until_open.is_none());
        assert_eq!((check.current_status, check.reason), expected, "A9-V{number}");
        assert_eq!(check.break_end.is_some(), pause, "A9-V{number}");
    }
}
