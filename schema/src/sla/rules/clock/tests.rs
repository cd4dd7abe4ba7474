use super::*;
use crate::hours::rules::{DayException, DayHours, Interval};
use crate::tickets::rules::Status;
use chrono_tz::Europe::Istanbul;
use proptest::prelude::*;

/// Nine to six from Monday to Friday in Istanbul; 2026-01-12 is a Monday.
fn calendar() -> Calendar {
    Calendar::default_for(Istanbul)
}

fn at(local: &str) -> DateTime<Utc> {
    format!("2026-01-{local}:00+03:00").parse().unwrap()
}

fn due(local: &str) -> Clock {
    Clock::started(Some(at(local)))
}

#[test]
fn a_pause_moves_the_due_date_by_the_working_time_it_lasted() {
    let moved = |due_at: &str, stops: &str, runs: &str| {
        let clock = due(due_at).turned(&calendar(), true, at(stops));
        assert_eq!(clock.due, Some(at(due_at)), "while it stands the due date is as it was");
        clock.turned(&calendar(), false, at(runs)).due.unwrap()
    };
    assert_eq!(moved("12T17:00", "12T10:00", "12T12:30"), at("13T10:30"));
    assert_eq!(moved("12T17:00", "12T10:00", "12T10:00"), at("12T17:00"));
    assert_eq!(moved("13T11:00", "12T18:00", "13T09:00"), at("13T11:00"), "a night moves nothing");
    assert_eq!(
        moved("16T17:00", "16T16:00", "19T10:00"),
        at("19T11:00"),
        "two hours on Friday, one on Monday"
    );
    assert_eq!(moved("12T18:00", "12T19:00", "12T20:00"), at("12T18:00"), "it had run out");
    assert_eq!(moved("12T18:00", "12T17:59", "13T08:00"), at("13T09:01"));
}

#[test]
fn a_clock_stopped_at_its_last_instant_is_due_where_counting_begins_again() {
    let stopped = due("12T17:00").turned(&calendar(), true, at("12T17:00"));
    assert_eq!(stopped.standing, Some(Standing { since: at("12T17:00"), remaining: TimeDelta::zero() }));
    assert_eq!(stopped.turned(&calendar(), false, at("12T20:00")).due, Some(at("13T09:00")));
    let late = due("12T17:00").turned(&calendar(), true, at("12T17:01"));
    assert_eq!(late, due("12T17:00"), "a breach is not put off");
}

#[test]
fn a_clock_is_stopped_once_and_started_once() {
    let once = due("14T17:00").turned(&calendar(), true, at("12T10:00"));
    assert_eq!(once.turned(&calendar(), true, at("12T15:00")), once, "from one pausing status to another");
    let again = once.turned(&calendar(), false, at("12T12:00"));
    assert_eq!(again.stood, TimeDelta::hours(2));
    assert_eq!(again.turned(&calendar(), false, at("12T13:00")), again);
    let twice = again.turned(&calendar(), true, at("13T09:00")).turned(&calendar(), false, at("13T10:00"));
    assert_eq!((twice.stood, twice.due), (TimeDelta::hours(3), Some(at("15T11:00"))));
}

#[test]
fn hours_that_change_during_a_pause_count_from_its_end() {
    let stopped = due("13T12:00").turned(&calendar(), true, at("12T17:00"));
    assert_eq!(stopped.standing.unwrap().remaining, TimeDelta::hours(4));
    let short = DayHours::new(vec![Interval { start_minute: 600, end_minute: 720 }]).unwrap();
    let shorter = Calendar::new(Istanbul, std::array::from_fn(|_| short.clone()), []).unwrap();
    assert_eq!(stopped.turned(&shorter, false, at("13T09:00")).due, Some(at("14T12:00")));
    let closed = [("2026-01-13".parse().unwrap(), DayException::Closed)];
    let holiday = Calendar::new(Istanbul, calendar().week().clone(), closed).unwrap();
    assert_eq!(stopped.turned(&holiday, false, at("12T17:00")).due, Some(at("14T12:00")));
}

#[test]
fn a_new_priority_is_reckoned_from_the_creation_and_keeps_its_pauses() {
    let (calendar, targets) = (calendar(), Targets::default());
    let created = at("12T09:00");
    let normal = Clock::started(calendar.deadline(created, targets.working(Priority::Normal)));
    let paused = normal.turned(&calendar, true, at("12T10:00")).turned(&calendar, false, at("12T12:00"));
    let high = paused.reprioritized(&calendar, &targets, Priority::High, created);
    assert_eq!((high.due, high.stood), (Some(at("12T15:00")), TimeDelta::hours(2)));
    // While it stands, what remains is reckoned anew; a clock that would have run out before runs again, too late.
    let standing = normal.turned(&calendar, true, at("12T11:00"));
    let high = standing.reprioritized(&calendar, &targets, Priority::High, created);
    let expected = Standing { since: at("12T11:00"), remaining: TimeDelta::hours(2) };
    assert_eq!((high.due, high.standing), (Some(at("12T13:00")), Some(expected)));
    let urgent = standing.reprioritized(&calendar, &targets, Priority::Urgent, created);
    assert_eq!(urgent, due("12T10:00"));
}

#[test]
fn a_site_without_a_working_day_has_nothing_to_stop() {
    let never = Calendar::new(Istanbul, [const { DayHours::closed() }; 7], []).unwrap();
    let clock = Clock::started(None);
    assert_eq!(clock.turned(&never, true, at("12T10:00")), clock);
    let stopped = due("12T12:00").turned(&calendar(), true, at("12T10:00"));
    assert_eq!(stopped.turned(&never, false, at("12T11:00")).due, None);
}

#[test]
fn only_statuses_that_wait_for_somebody_else_may_pause() {
    let allowed: Vec<&str> =
        Status::ALL.into_iter().filter(|status| may_pause((*status).into())).map(Status::as_str).collect();
    assert_eq!(allowed, ["waiting_reply", "pending"]);
}

proptest! {
    /// However often and whenever a clock is stopped: the working time it has run is what it was given.
    #[test]
    fn a_clock_runs_for_exactly_its_working_time(
        target_minutes in 1_i64..3_000,
        turns in proptest::collection::vec(0_i64..400_000, 0..9),
    ) {
        let calendar = calendar();
        let created = at("12T09:00");
        let target = TimeDelta::minutes(target_minutes);
        let mut clock = Clock::started(calendar.deadline(created, target));
        let (mut now, mut ran, mut since) = (created, TimeDelta::zero(), created);
        for (turn, seconds) in turns.iter().enumerate() {
            now += TimeDelta::seconds(*seconds);
            let stops = turn % 2 == 0;
            if stops && clock.due.is_some_and(|due| due < now) {
                break;
            }
            match stops {
                true => ran += calendar.working_time(since, now),
                false => since = now,
            }
            clock = clock.turned(&calendar, stops, now);
        }
        let running = clock.turned(&calendar, false, now);
        let since = if clock.standing.is_some() { now } else { since };
        prop_assert_eq!(ran + calendar.working_time(since, running.due.unwrap()), target);
    }
}
