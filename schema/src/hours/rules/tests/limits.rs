//! What is refused, and how far a walk goes.

use chrono::TimeDelta;
use chrono_tz::Europe::Istanbul;

use super::super::{DayRow, HoursError, clock_text, parse_clock};
use super::*;

fn interval(start_minute: u16, end_minute: u16) -> Interval {
    Interval { start_minute, end_minute }
}

#[test]
fn a_day_is_refused_unless_its_intervals_are_real_in_order_and_apart() {
    let day = |list: &[Interval]| DayHours::new(list.to_vec()).err();
    assert_eq!(day(&[]), None);
    assert_eq!(day(&[interval(0, 1440)]), None);
    assert_eq!(day(&[interval(540, 720), interval(720, 1080)]), None);
    assert_eq!(day(&[interval(540, 540)]), Some(HoursError::EndNotAfterStart));
    assert_eq!(day(&[interval(541, 540)]), Some(HoursError::EndNotAfterStart));
    assert_eq!(day(&[interval(0, 1441)]), Some(HoursError::PastMidnight));
    assert_eq!(day(&[interval(540, 721), interval(720, 1080)]), Some(HoursError::Overlap));
    assert_eq!(day(&[interval(720, 1080), interval(540, 700)]), Some(HoursError::Overlap));
}

#[test]
fn a_settings_row_needs_a_break_with_both_ends_inside_the_hours() {
    let row = |from, to| DayHours::from_row(540, 1080, from, to);
    assert_eq!(row(None, None).unwrap().intervals(), [interval(540, 1080)]);
    let broken = row(Some(720), Some(780)).unwrap();
    assert_eq!(broken.intervals(), [interval(540, 720), interval(780, 1080)]);
    assert_eq!(row(Some(540), Some(600)).unwrap().intervals(), [interval(600, 1080)]);
    assert_eq!(row(Some(720), None), Err(HoursError::HalfABreak));
    assert_eq!(row(None, Some(720)), Err(HoursError::HalfABreak));
    assert_eq!(row(Some(780), Some(720)), Err(HoursError::EndNotAfterStart));
    assert_eq!(row(Some(539), Some(600)), Err(HoursError::BreakOutsideHours));
    assert_eq!(row(Some(1020), Some(1081)), Err(HoursError::BreakOutsideHours));
    assert_eq!(row(Some(540), Some(1080)), Err(HoursError::BreakOutsideHours));
    assert_eq!(DayHours::from_row(1080, 1080, None, None), Err(HoursError::EndNotAfterStart));
    assert_eq!(DayHours::from_row(0, 1440, None, None).unwrap().intervals(), [interval(0, 1440)]);
}

#[test]
fn a_day_that_is_written_twice_means_what_was_edited() {
    let stored = hours(&[(9.0, 12.0), (13.0, 15.0), (16.0, 18.0)]);
    let row = DayRow::of(1, &stored);
    assert_eq!(
        (row.start, row.end, row.break_start, row.break_end),
        (Some(540), Some(1080), Some(720), Some(780))
    );
    assert_eq!(row.hours(&stored), Ok(stored.clone()), "sent back as it was");
    let earlier = DayRow { start: Some(480), ..row.clone() };
    assert_eq!(earlier.hours(&stored), Ok(hours(&[(8.0, 12.0), (13.0, 18.0)])), "the times were edited");
    let shorter = DayRow { intervals: Some(vec![interval(540, 600)]), ..row.clone() };
    assert_eq!(shorter.hours(&stored), Ok(hours(&[(9.0, 10.0)])), "the intervals were edited");
    let both = DayRow { start: Some(480), ..shorter };
    assert_eq!(both.hours(&stored), Err(HoursError::Contradiction));
    let agreeing = DayRow { start: Some(540), end: Some(600), break_start: None, break_end: None, ..both };
    assert_eq!(agreeing.hours(&stored), Ok(hours(&[(9.0, 10.0)])));
    let off = DayRow { is_working_day: false, ..row };
    assert_eq!(off.hours(&stored), Ok(DayHours::closed()), "a day off needs neither");
}

#[test]
fn a_working_day_needs_its_hours() {
    let (closed, working) = (DayHours::closed(), DayRow { is_working_day: true, ..DayRow::default() });
    let row = |start, end, intervals: Option<Vec<Interval>>| {
        DayRow { start, end, intervals, ..working.clone() }.hours(&closed)
    };
    assert_eq!(row(Some(540), Some(1080), None), Ok(hours(&[(9.0, 18.0)])));
    assert_eq!(row(None, None, Some(vec![interval(540, 1080)])), Ok(hours(&[(9.0, 18.0)])));
    for (start, end, intervals) in
        [(None, None, None), (Some(540), None, None), (None, Some(540), None), (None, None, Some(vec![]))]
    {
        assert_eq!(row(start, end, intervals), Err(HoursError::HoursMissing));
    }
    let lone_break =
        DayRow { break_start: Some(720), intervals: Some(vec![interval(540, 1080)]), ..working.clone() };
    assert_eq!(lone_break.hours(&closed), Err(HoursError::HoursMissing));
    assert_eq!(row(Some(1080), Some(540), None), Err(HoursError::EndNotAfterStart));
}

#[test]
fn clock_times_run_from_midnight_to_twenty_four() {
    assert_eq!(parse_clock("00:00"), Ok(0));
    assert_eq!(parse_clock("09:05"), Ok(545));
    assert_eq!(parse_clock("24:00"), Ok(1440));
    for bad in ["", "9:00", "24:01", "25:00", "12:60", "23:99", "12-30", "12:3a", "+1:00", "12:300", "١٢:00"]
    {
        assert_eq!(parse_clock(bad), Err(HoursError::NotAClockTime), "{bad}");
    }
    for minute in 0..=1440 {
        assert_eq!(parse_clock(&clock_text(minute)), Ok(minute));
    }
}

#[test]
fn a_day_is_written_from_opening_to_closing_without_its_break() {
    assert_eq!(hours(&[(9.0, 12.0), (13.0, 18.0)]).to_string(), "09:00-18:00");
    assert_eq!(DayHours::closed().to_string(), "closed");
    assert_eq!(hours(&[(0.0, 24.0)]).to_string(), "00:00-24:00");
}

#[test]
fn a_new_site_works_from_monday_to_friday_nine_to_six_without_a_break() {
    assert_eq!(Calendar::default_for(Istanbul), elsewhere(Istanbul, 'N'));
}

#[test]
fn a_date_may_have_only_one_exception() {
    let twice = ["2026-10-29", "2026-04-23", "2026-10-29"].map(|day| (date(day), DayException::Closed));
    assert_eq!(Calendar::new(Istanbul, week('N'), twice), Err(HoursError::DateTwice));
}

/// Only one date is worked at all: `days` after the start's.
fn worked_only_after(days: i64) -> Calendar {
    let day = date("2026-01-12") + TimeDelta::days(days);
    let week = std::array::from_fn(|_| DayHours::closed());
    Calendar::new(Istanbul, week, [(day, DayException::Hours(hours(&[(9.0, 10.0)])))]).unwrap()
}

#[test]
fn a_working_day_is_looked_for_366_days_ahead_and_no_further() {
    let (start, hour) = (utc("2026-01-12T12:00:00Z"), TimeDelta::hours(1));
    let found = worked_only_after(366).deadline(start, hour);
    assert_eq!(found, Some(utc("2027-01-13T07:00:00Z")));
    assert_eq!(worked_only_after(366).next_opening(start), Some(utc("2027-01-13T06:00:00Z")));
    assert_eq!(worked_only_after(367).deadline(start, hour), None);
    assert_eq!(worked_only_after(367).next_opening(start), None);
    assert_eq!(worked_only_after(366).deadline(start, hour + TimeDelta::seconds(1)), None);
    assert_eq!(
        worked_only_after(400).working_time(start, start + TimeDelta::days(500)),
        hour,
        "measuring does not give up"
    );
}

#[test]
fn fractions_of_a_second_are_cut_off() {
    let calendar = Calendar::default_for(Istanbul);
    let due = calendar.deadline(utc("2026-01-12T07:00:00.999Z"), TimeDelta::milliseconds(1_999));
    assert_eq!(due, Some(utc("2026-01-12T07:00:01Z")));
}

#[test]
fn nothing_to_work_is_due_where_counting_begins_and_backwards_nothing_is_worked() {
    let calendar = Calendar::default_for(Istanbul);
    let (sunday, monday) = (utc("2026-01-11T12:00:00Z"), utc("2026-01-12T06:00:00Z"));
    for nothing in [TimeDelta::zero(), TimeDelta::hours(-1)] {
        assert_eq!(calendar.deadline(sunday, nothing), Some(monday));
        assert_eq!(calendar.deadline(monday, nothing), Some(monday));
        assert_eq!(
            calendar.deadline(utc("2026-01-12T14:59:59Z"), nothing),
            Some(utc("2026-01-12T14:59:59Z"))
        );
        assert_eq!(
            calendar.deadline(utc("2026-01-12T15:00:00Z"), nothing),
            Some(utc("2026-01-13T06:00:00Z"))
        );
        assert_eq!(worked_only_after(367).deadline(sunday, nothing), None);
    }
    assert_eq!(calendar.working_time(sunday, sunday), TimeDelta::zero());
    assert_eq!(calendar.working_time(sunday + TimeDelta::days(9), sunday), TimeDelta::zero());
}

#[test]
fn the_ends_of_time_and_absurd_amounts_of_work_are_answered_without_a_panic() {
    for zone in [Istanbul, chrono_tz::America::New_York, chrono_tz::Pacific::Apia] {
        let calendar = elsewhere(zone, 'W');
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let _ = calendar.deadline(at, TimeDelta::hours(100));
            let _ = (calendar.moment(at), calendar.next_opening(at), calendar.local(at));
        }
        assert_eq!(calendar.deadline(utc("2026-01-12T12:00:00Z"), TimeDelta::MAX), None);
        let _ = calendar.working_time(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    }
}
