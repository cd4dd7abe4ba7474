//! The walk against a slow watchman, who looks at the clock every minute and has never heard of intervals
//! as instants.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::super::{Calendar, DayException, DayHours, Interval};

const ZONES: [Tz; 12] = [
    chrono_tz::Europe::Istanbul,
    chrono_tz::Europe::Berlin,
    chrono_tz::America::New_York,
    // Half an hour of summer time.
    chrono_tz::Australia::Lord_Howe,
    // Clocks that change at midnight, forwards and backwards.
    chrono_tz::America::Santiago,
    chrono_tz::America::Havana,
    chrono_tz::Asia::Beirut,
    // One minute past midnight, until 2011.
    chrono_tz::America::St_Johns,
    // No 30 December 2011.
    chrono_tz::Pacific::Apia,
    // Summer time is interrupted for a month.
    chrono_tz::Africa::Casablanca,
    chrono_tz::Asia::Tehran,
    chrono_tz::Asia::Kathmandu,
];

/// How long the watchman watches.
const WATCH_DAYS: i64 = 30;

type Hours = Vec<(u16, u16)>;

#[derive(Debug, Clone)]
struct Site {
    zone: Tz,
    week: [Hours; 7],
    exceptions: Vec<(NaiveDate, Hours)>,
}

impl Site {
    fn calendar(&self) -> Calendar {
        let day = |hours: &Hours| {
            let interval = |&(start_minute, end_minute): &(u16, u16)| Interval { start_minute, end_minute };
            DayHours::new(hours.iter().map(interval).collect()).unwrap()
        };
        let exception = |(date, hours): &(NaiveDate, Hours)| match hours.is_empty() {
            true => (*date, DayException::Closed),
            false => (*date, DayException::Hours(day(hours))),
        };
        let week = std::array::from_fn(|weekday| day(&self.week[weekday]));
        Calendar::new(self.zone, week, self.exceptions.iter().map(exception)).unwrap()
    }

    fn hours(&self, date: NaiveDate) -> &Hours {
        let weekly = &self.week[date.weekday().num_days_from_sunday() as usize];
        self.exceptions.iter().find(|(day, _)| *day == date).map_or(weekly, |(_, hours)| hours)
    }

    fn clock(&self, at: DateTime<Utc>) -> NaiveDateTime {
        self.zone.from_utc_datetime(&at.naive_utc()).naive_local()
    }

    /// Working seconds of each minute from `from` on, with the instant they begin at. A reading counts from
    /// the first time any clock has shown it or a later one, so the watchman remembers the latest reading.
    fn minutes(&self, from: DateTime<Utc>) -> impl Iterator<Item = (DateTime<Utc>, i64)> {
        let whole = from - TimeDelta::seconds(i64::from(from.second()));
        let begun = whole - TimeDelta::days(2);
        let mut latest = NaiveDateTime::MIN;
        let all = (0..(WATCH_DAYS + 2) * 1440).map(move |minute| {
            let at = begun + TimeDelta::minutes(minute);
            latest = latest.max(self.clock(at));
            let reading = (latest.hour() * 60 + latest.minute()) as u16;
            (at, self.hours(latest.date()).iter().any(|(start, end)| (*start..*end).contains(&reading)))
        });
        all.filter(move |(at, _)| *at >= whole).map(move |(at, working)| {
            let begins = at.max(from);
            let seconds = (at + TimeDelta::minutes(1) - begins).num_seconds();
            (begins, if working { seconds } else { 0 })
        })
    }

    fn deadline(&self, start: DateTime<Utc>, seconds: i64) -> Option<DateTime<Utc>> {
        let mut missing = seconds;
        for (begins, worked) in self.minutes(start) {
            if worked >= missing {
                return Some(begins + TimeDelta::seconds(missing));
            }
            missing -= worked;
        }
        None
    }

    fn working_seconds(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        let within = self.minutes(from).take_while(|(begins, _)| *begins < to);
        within.map(|(begins, worked)| worked.min((to - begins).num_seconds())).sum()
    }

    fn next_work(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.minutes(at).find(|(_, worked)| *worked > 0).map(|(begins, _)| begins)
    }
}

fn hours() -> impl Strategy<Value = Hours> {
    let marks = prop_oneof![Just(0_u16), Just(1440), (0_u16..=48).prop_map(|half| half * 30), 0_u16..=1440];
    proptest::collection::btree_set(marks, 0..=6).prop_map(|marks: BTreeSet<u16>| {
        let marks: Vec<u16> = marks.into_iter().collect();
        marks.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    })
}

/// An instant so many seconds from a clock change of that zone, if its clocks change that year.
fn near_a_change(zone: Tz, year: i32, seconds: i64, second_change: bool) -> DateTime<Utc> {
    let new_year = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap();
    let offset = |day: u64| {
        let at = new_year.naive_utc() + Days::new(day);
        zone.offset_from_utc_datetime(&at).fix().local_minus_utc()
    };
    let mut changes = (0..365).filter(|day| offset(*day) != offset(day + 1));
    let first = changes.next().unwrap_or(180);
    let day = if second_change { changes.next().unwrap_or(first) } else { first };
    new_year + Days::new(day) + TimeDelta::seconds(seconds)
}

prop_compose! {
    fn start_in()(
        zone in proptest::sample::select(&ZONES[..]),
        year in 2008_i32..=2030,
        seconds in prop_oneof![-2 * 86_400_i64..=2 * 86_400, -20 * 86_400_i64..=4 * 86_400],
        second_change: bool,
    ) -> (Tz, DateTime<Utc>) {
        (zone, near_a_change(zone, year, seconds, second_change))
    }
}

prop_compose! {
    fn site_and_start()(
        (zone, start) in start_in(),
        week in proptest::array::uniform7(prop_oneof![2 => hours(), 1 => Just(vec![])]),
        own in proptest::collection::btree_map(-3_i64..12, hours(), 0..4),
    ) -> (Site, DateTime<Utc>) {
        let exceptions = own.into_iter().map(|(day, hours)| {
            (start.date_naive() + TimeDelta::days(day), hours)
        });
        (Site { zone, week, exceptions: exceptions.collect() }, start)
    }
}

proptest! {
    #[test]
    fn a_deadline_is_where_the_watchman_has_counted_enough(
        (site, start) in site_and_start(),
        seconds in prop_oneof![1_i64..=3_600, (1_i64..=48).prop_map(|halves| halves * 1_800), 1_i64..=90_000],
    ) {
        let calendar = site.calendar();
        let deadline = calendar.deadline(start, TimeDelta::seconds(seconds));
        match site.deadline(start, seconds) {
            Some(expected) => prop_assert_eq!(deadline, Some(expected)),
            None => prop_assert!(deadline.is_none_or(|at| at > start + TimeDelta::days(WATCH_DAYS - 1))),
        }
        if let Some(deadline) = deadline {
            prop_assert_eq!(calendar.working_time(start, deadline), TimeDelta::seconds(seconds));
        }
    }

    #[test]
    fn working_time_is_what_the_watchman_has_counted(
        (site, from) in site_and_start(),
        seconds in 0_i64..WATCH_DAYS * 86_400,
    ) {
        let to = from + TimeDelta::seconds(seconds);
        let counted = TimeDelta::seconds(site.working_seconds(from, to));
        prop_assert_eq!(site.calendar().working_time(from, to), counted);
    }

    #[test]
    fn the_watchman_agrees_on_who_is_in_and_when_it_opens((site, at) in site_and_start()) {
        let calendar = site.calendar();
        let next = site.next_work(at);
        prop_assert_eq!(calendar.is_working(at), next == Some(at));
        if !calendar.is_open(at) && next.is_some() {
            prop_assert_eq!(calendar.next_opening(at), next);
        }
    }
}
