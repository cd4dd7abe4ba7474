//! `RRULE:FREQ=YEARLY`, as far as holidays use it: the same date, the same day of some month, or the n-th weekday of it.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, Weekday};

use super::event::date_of;

/// Some programs begin "every year" in 1601; before that nobody kept holidays by this calendar.
const FIRST_YEAR: i32 = 1600;
/// More dates than these are no holiday.
const DATES_A_YEAR_MAX: usize = 31;

/// A rule that was understood wholly.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Yearly {
    first: NaiveDate,
    interval: usize,
    count: Option<usize>,
    until: Option<NaiveDate>,
    months: Vec<u32>,
    on: On,
}

/// Which days of a month.
#[derive(Debug, PartialEq, Eq)]
enum On {
    /// From 1, or from -1 backwards.
    Days(Vec<i8>),
    /// The n-th of its kind, or from -1 backwards.
    Weekdays(Vec<(i8, Weekday)>),
}

impl Yearly {
    /// None for any rule that means more than this knows.
    pub fn parse(rule: &str, first: NaiveDate) -> Option<Yearly> {
        let mut yearly = Yearly {
            first,
            interval: 1,
            count: None,
            until: None,
            months: vec![first.month()],
            on: On::Days(vec![i8::try_from(first.day()).ok()?]),
        };
        let mut is_yearly = false;
        for part in rule.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => {
                    yearly.interval = value.parse().ok().filter(|years| (1..=1000).contains(years))?
                }
                "COUNT" => yearly.count = Some(value.parse().ok()?),
                "UNTIL" => yearly.until = Some(date_of(value.get(..8)?)?),
                "BYMONTH" => {
                    yearly.months = list(value, |month| month.parse().ok().filter(|m| (1..=12).contains(m)))?
                }
                "BYMONTHDAY" => yearly.on = On::Days(list(value, month_day)?),
                "BYDAY" => yearly.on = On::Weekdays(list(value, nth_weekday)?),
                "WKST" => {}
                _ => return None,
            }
        }
        let sound = is_yearly && first.year() >= FIRST_YEAR && yearly.dates_a_year() <= DATES_A_YEAR_MAX;
        sound.then_some(yearly)
    }

    fn dates_a_year(&self) -> usize {
        let in_month = match &self.on {
            On::Days(days) => days.len(),
            On::Weekdays(weekdays) => weekdays.len(),
        };
        self.months.len() * in_month
    }

    /// The first days of the occurrences that fall into a window, in order. The very first is one whatever the rule says.
    pub fn occurrences(&self, window: RangeInclusive<NaiveDate>) -> Vec<NaiveDate> {
        let last = self.until.map_or(*window.end(), |until| until.min(*window.end()));
        let mut dates = vec![self.first];
        for year in (self.first.year()..=last.year()).step_by(self.interval) {
            let mut of_year: Vec<NaiveDate> =
                self.months.iter().flat_map(|month| self.on.in_month(year, *month)).collect();
            of_year.sort_unstable();
            of_year.dedup();
            dates.extend(of_year.into_iter().filter(|date| *date > self.first && *date <= last));
        }
        dates.truncate(self.count.unwrap_or(usize::MAX).max(1));
        dates.retain(|date| window.contains(date));
        dates
    }
}

impl On {
    fn in_month(&self, year: i32, month: u32) -> Vec<NaiveDate> {
        let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else { return Vec::new() };
        let length = i8::try_from(first.num_days_in_month()).unwrap_or(28);
        let day = |day: i8| first.with_day(u32::try_from(day).ok()?);
        match self {
            On::Days(days) => {
                days.iter().filter_map(|nth| day(if *nth < 0 { length + 1 + nth } else { *nth })).collect()
            }
            On::Weekdays(weekdays) => weekdays
                .iter()
                .filter_map(|(nth, weekday)| {
                    let last = day(length)?;
                    let after = i8::try_from(weekday.days_since(first.weekday())).ok()?;
                    let before = i8::try_from(last.weekday().days_since(*weekday)).ok()?;
                    let date =
                        if *nth > 0 { 1 + after + 7 * (nth - 1) } else { length - before + 7 * (nth + 1) };
                    day(date).filter(|date| date.month() == month)
                })
                .collect(),
        }
    }
}

fn list<T>(value: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').take(DATES_A_YEAR_MAX + 1).map(|text| item(text.trim())).collect()
}

fn month_day(text: &str) -> Option<i8> {
    text.parse().ok().filter(|day: &i8| *day != 0 && (-31..=31).contains(day))
}

/// `4TH`, `-1MO`, `+2SU`; a weekday without a number would mean every week.
fn nth_weekday(text: &str) -> Option<(i8, Weekday)> {
    let (nth, weekday) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth: i8 = nth.parse().ok().filter(|nth| *nth != 0 && (-5..=5).contains(nth))?;
    let weekday = match weekday.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    Some((nth, weekday))
}
