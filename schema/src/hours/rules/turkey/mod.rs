//! Türkiye's public holidays (law no. 2429), 2020 to 2035, as a site can load them.
//!
//! Fixed days have their dates in the law; the two religious feasts move with the moon (`feasts`). The afternoon before
//! the Republic Day and before each feast is free from 13:00: such a half day ends the weekday's own hours early and
//! opens nothing that is closed anyway. Where two fall on one date the longer one holds and both are named.

mod feasts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate};

pub use feasts::ANNOUNCED_UNTIL;

/// The years that are known here.
pub const YEARS: RangeInclusive<i32> = 2020..=2035;

/// When a half day ends, in minutes since midnight.
pub const HALF_DAY_ENDS: u16 = 13 * 60;

/// A date that is free, wholly or from a minute on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHoliday {
    pub date: NaiveDate,
    /// Turkish, as on a wall calendar.
    pub name: String,
    /// The minute at which a half day ends; none if the whole day is free.
    pub until: Option<u16>,
}

const FIXED: [(u32, u32, &str); 7] = [
    (1, 1, "Yılbaşı"),
    (4, 23, "Ulusal Egemenlik ve Çocuk Bayramı"),
    (5, 1, "Emek ve Dayanışma Günü"),
    (5, 19, "Atatürk'ü Anma, Gençlik ve Spor Bayramı"),
    (7, 15, "Demokrasi ve Millî Birlik Günü"),
    (8, 30, "Zafer Bayramı"),
    (10, 29, "Cumhuriyet Bayramı"),
];
const REPUBLIC_EVE: (u32, u32, &str) = (10, 28, "Cumhuriyet Bayramı arifesi");

/// The holidays of a year in the order of their dates, each date once. None for years that are not known here.
pub fn public_holidays(year: i32) -> Option<Vec<PublicHoliday>> {
    if !YEARS.contains(&year) {
        return None;
    }
    let mut days = Year::default();
    for (month, day, name) in FIXED {
        days.add(NaiveDate::from_ymd_opt(year, month, day)?, name.to_owned(), None);
    }
    let (month, day, name) = REPUBLIC_EVE;
    days.add(NaiveDate::from_ymd_opt(year, month, day)?, name.to_owned(), Some(HALF_DAY_ENDS));
    days.feasts("Ramazan Bayramı", 3, feasts::dates(&feasts::RAMAZAN));
    days.feasts("Kurban Bayramı", 4, feasts::dates(&feasts::KURBAN));
    Some(days.0.into_values().filter(|holiday| holiday.date.year() == year).collect())
}

#[derive(Default)]
struct Year(BTreeMap<NaiveDate, PublicHoliday>);

impl Year {
    /// The afternoon before, and so many whole days.
    fn feasts(&mut self, name: &str, length: u64, first_days: impl Iterator<Item = NaiveDate>) {
        for first in first_days {
            self.add(first - Days::new(1), format!("{name} arifesi"), Some(HALF_DAY_ENDS));
            for day in 0..length {
                self.add(first + Days::new(day), format!("{name} {}. gün", day + 1), None);
            }
        }
    }

    fn add(&mut self, date: NaiveDate, name: String, until: Option<u16>) {
        match self.0.get_mut(&date) {
            Some(known) => {
                known.name = format!("{} / {name}", known.name);
                known.until = known.until.and(until);
            }
            None => {
                self.0.insert(date, PublicHoliday { date, name, until });
            }
        }
    }
}
