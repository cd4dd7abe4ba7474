//! What a year holds, and the moon against the table.

mod moon;

use super::feasts::{KURBAN, RAMAZAN, dates};
use super::*;
use crate::hours::rules::{Calendar, DayException, DayHours, Moment};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Istanbul;

fn year_of(year: i32) -> String {
    let line = |holiday: &PublicHoliday| {
        let half = if holiday.until.is_some() { " (yarım gün)" } else { "" };
        format!("{} {}{half}", holiday.date.format("%m-%d"), holiday.name)
    };
    public_holidays(year).unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_year_2026_is_as_the_wall_calendar_has_it() {
    assert_eq!(
        year_of(2026),
        "01-01 Yılbaşı\n\
         03-19 Ramazan Bayramı arifesi (yarım gün)\n\
         03-20 Ramazan Bayramı 1. gün\n\
         03-21 Ramazan Bayramı 2. gün\n\
         03-22 Ramazan Bayramı 3. gün\n\
         04-23 Ulusal Egemenlik ve Çocuk Bayramı\n\
         05-01 Emek ve Dayanışma Günü\n\
         05-19 Atatürk'ü Anma, Gençlik ve Spor Bayramı\n\
         05-26 Kurban Bayramı arifesi (yarım gün)\n\
         05-27 Kurban Bayramı 1. gün\n\
         05-28 Kurban Bayramı 2. gün\n\
         05-29 Kurban Bayramı 3. gün\n\
         05-30 Kurban Bayramı 4. gün\n\
         07-15 Demokrasi ve Millî Birlik Günü\n\
         08-30 Zafer Bayramı\n\
         10-28 Cumhuriyet Bayramı arifesi (yarım gün)\n\
         10-29 Cumhuriyet Bayramı"
    );
}

#[test]
fn where_two_holidays_meet_the_whole_day_holds_and_both_are_named() {
    let on = |date: &str| {
        let date: NaiveDate = date.parse().unwrap();
        public_holidays(date.year()).unwrap().into_iter().find(|day| day.date == date).unwrap()
    };
    let meeting = on("2023-04-23");
    assert_eq!(meeting.name, "Ulusal Egemenlik ve Çocuk Bayramı / Ramazan Bayramı 3. gün");
    assert_eq!(meeting.until, None);
    // The eve of the feast of 2022 was Labour Day, the one of 2033 is New Year's Day.
    assert_eq!(on("2022-05-01").until, None);
    assert_eq!(on("2033-01-01").name, "Yılbaşı / Ramazan Bayramı arifesi");
    assert_eq!(on("2033-01-01").until, None);
}

#[test]
fn a_year_with_two_feasts_has_both_and_every_year_has_its_half_days() {
    let firsts = |year: i32| {
        let days = public_holidays(year).unwrap();
        days.iter().filter(|day| day.name.contains("Ramazan Bayramı 1. gün")).count()
    };
    assert_eq!((firsts(2032), firsts(2033), firsts(2034)), (1, 2, 1));
    for year in YEARS {
        let days = public_holidays(year).unwrap();
        assert!(days.is_sorted_by(|one, next| one.date < next.date), "{year}");
        assert!(days.iter().any(|day| day.until == Some(HALF_DAY_ENDS)), "{year}");
        assert!(days.iter().all(|day| day.date.year() == year));
    }
    assert_eq!((public_holidays(2019), public_holidays(2036)), (None, None));
}

/// Nine to six on weekdays; the eve of Kurban 2020 is a Thursday, that of Ramazan 2020 a Saturday.
#[test]
fn a_half_day_ends_at_one_and_opens_no_closed_day() {
    let working = DayHours::from_row(540, 1080, Some(720), Some(780)).unwrap();
    let week =
        std::array::from_fn(|day| if (1..=5).contains(&day) { working.clone() } else { DayHours::closed() });
    let exception = |day: PublicHoliday| match day.until {
        Some(minute) => (day.date, DayException::Until(minute)),
        None => (day.date, DayException::Closed),
    };
    let days = public_holidays(2020).unwrap().into_iter().map(exception);
    let calendar = Calendar::new(Istanbul, week, days).unwrap();
    let moment = |at: &str| calendar.moment(at.parse::<DateTime<Utc>>().unwrap());
    assert_eq!(moment("2020-07-30T08:59:59Z"), Moment::Open);
    assert_eq!(moment("2020-07-30T09:00:00Z"), Moment::Closed, "the break at noon ends with the day");
    assert_eq!(moment("2020-07-30T11:00:00Z"), Moment::Closed);
    assert_eq!(moment("2020-05-23T08:00:00Z"), Moment::Closed);
    assert_eq!(moment("2020-05-25T08:00:00Z"), Moment::Holiday);
    let worked = calendar
        .working_time("2020-10-28T00:00:00Z".parse().unwrap(), "2020-10-30T00:00:00Z".parse().unwrap());
    assert_eq!(worked, TimeDelta::hours(3), "from nine to the break at noon");
}

/// Dusk in Alaska, the last land to see a crescent; a later one belongs to the next evening.
const LAST_DUSK_HOURS: i64 = 27;

/// Tolerance: the first sight of the crescent may fall anywhere between the beginning of the evening's date in UTC and
/// dusk in Alaska three hours behind its end; at the beginning, up to one hour may belong to either evening, as only the
/// open ocean sees it there.
#[test]
fn every_feast_follows_an_evening_on_which_the_crescent_can_be_seen() {
    for (feast, day_of_month) in
        dates(&RAMAZAN).map(|day| (day, 1)).chain(dates(&KURBAN).map(|day| (day, 10)))
    {
        let first = feast - Days::new(day_of_month - 1);
        let evening = (first - Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        let seen = moon::first_crescent(evening, evening + TimeDelta::hours(LAST_DUSK_HOURS));
        assert!(seen.is_some(), "{feast}: not seen on the evening before the month");
        let too_early = moon::first_crescent(evening - TimeDelta::days(1), evening + TimeDelta::hours(1));
        assert_eq!(too_early, None, "{feast}: seen an evening earlier");
    }
}
