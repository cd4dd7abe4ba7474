use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{en, tr};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn nine(date: NaiveDate) -> NaiveDateTime {
    date.and_hms_opt(9, 0, 0).unwrap()
}

/// A3-V18…V26, and every number that a clock can end on.
#[test]
fn a_clock_time_takes_the_suffix_of_its_last_spoken_word() {
    let full_hours = "\
        00:00'da 01:00'de 02:00'de 03:00'te 04:00'te 05:00'te 06:00'da 07:00'de 08:00'de 09:00'da \
        10:00'da 11:00'de 12:00'de 13:00'te 14:00'te 15:00'te 16:00'da 17:00'de 18:00'de 19:00'da \
        20:00'de 21:00'de 22:00'de 23:00'te";
    let minutes = "\
        09:05'te 09:10'da 14:15'te 09:20'de 08:25'te 09:30'da 17:30'da 09:35'te 08:40'ta 09:45'te \
        09:50'de 17:55'te 17:59'da 10:01'de 10:06'da 10:12'de 10:27'de 10:33'te 10:48'de 20:40'ta";
    for expected in full_hours.split(' ').chain(minutes.split(' ')).filter(|text| !text.is_empty()) {
        let time = NaiveTime::parse_from_str(&expected[..5], "%H:%M").unwrap();
        assert_eq!(tr::at_clock(time), expected);
    }
}

/// A3-V29, A3-V30.
#[test]
fn a_holiday_names_its_date_and_the_day_of_reopening() {
    assert_eq!(tr::closed_on(day(2026, 10, 29)), "29 Ekim Perşembe günü kapalıyız");
    assert_eq!(tr::at_dated_opening(nine(day(2026, 10, 30))), "30 Ekim Cuma 09:00'da");
    assert_eq!(tr::at_dated_opening(nine(day(2026, 11, 2))), "2 Kasım Pazartesi 09:00'da");
    assert_eq!(en::closed_on(day(2026, 10, 29)), "We are closed on Thursday, 29 October");
    assert_eq!(en::at_dated_opening(nine(day(2026, 10, 30))), "Friday, 30 October at 09:00");
}

#[test]
fn an_opening_within_six_days_is_named_by_its_weekday_and_a_later_one_by_its_date() {
    let opens = nine(day(2026, 1, 12));
    assert_eq!(tr::at_opening(opens, day(2026, 1, 12)), "Pazartesi 09:00'da");
    assert_eq!(tr::at_opening(opens, day(2026, 1, 6)), "Pazartesi 09:00'da");
    assert_eq!(tr::at_opening(opens, day(2026, 1, 5)), "12 Ocak Pazartesi 09:00'da");
    assert_eq!(tr::opening(opens, day(2026, 1, 11)), "Pazartesi 09:00");
    assert_eq!(en::at_opening(opens, day(2026, 1, 11)), "Monday at 09:00");
    assert_eq!(en::at_opening(opens, day(2026, 1, 5)), "Monday, 12 January at 09:00");
}

#[test]
fn a_mail_outside_working_time_promises_the_next_opening() {
    let opens = nine(day(2026, 1, 12));
    assert_eq!(
        tr::reply_promise(opens, day(2026, 1, 11)),
        "Talebiniz alındı. Pazartesi 09:00'da size dönüş yapılacaktır."
    );
    assert_eq!(
        en::reply_promise(opens, day(2026, 1, 11)),
        "We have received your request. We will get back to you on Monday at 09:00."
    );
}

#[test]
fn the_present_and_the_break_are_told_with_weekday_and_clock() {
    let late_on_sunday = day(2026, 1, 11).and_hms_opt(22, 30, 0).unwrap();
    assert_eq!(tr::weekday_and_clock(late_on_sunday), "Pazar, 22:30");
    let one = NaiveTime::from_hms_opt(13, 0, 0).unwrap();
    assert_eq!(tr::back_from_break(one), "Öğle arası, 13:00'te döneceğiz");
    assert_eq!(tr::date_with_year(day(2026, 2, 1)), "1 Şubat 2026");
}

/// A3-69, A3-V27, A3-V28.
#[test]
fn durations_leave_out_what_is_zero() {
    let said = |seconds| tr::duration(TimeDelta::seconds(seconds));
    assert_eq!(tr::after(TimeDelta::seconds(37_800)), "10 saat 30 dakika sonra");
    assert_eq!(said(3_600), "1 saat");
    assert_eq!(said(1_800), "30 dakika");
    assert_eq!(said(86_340), "23 saat 59 dakika");
    assert_eq!(said(86_400), "1 gün");
    assert_eq!(said(86_400 + 2 * 3_600 + 300), "1 gün 2 saat 5 dakika");
    assert_eq!(said(1), "1 dakika");
    assert_eq!(said(0), "0 dakika");
    assert_eq!(said(-5), "0 dakika");
    assert_eq!(tr::short_wait(TimeDelta::seconds(90)), "1 dk 30 sn");
    assert_eq!(tr::short_wait(TimeDelta::seconds(120)), "2 dk");
    assert_eq!(tr::short_wait(TimeDelta::seconds(40)), "40 sn");
    assert_eq!(en::after(TimeDelta::seconds(37_800)), "in 10 h 30 min");
    assert_eq!(en::short_wait(TimeDelta::seconds(90)), "1 min 30 s");
}

#[test]
fn months_and_weekdays_have_their_turkish_names() {
    let months: Vec<_> = (1..=12).map(|month| tr::month(day(2026, month, 1))).collect();
    assert_eq!(
        months.join(" "),
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"
    );
    let week: Vec<_> = (4..=10).map(|date| tr::date(day(2026, 1, date))).collect();
    assert_eq!(
        week.join(", "),
        "4 Ocak Pazar, 5 Ocak Pazartesi, 6 Ocak Salı, 7 Ocak Çarşamba, 8 Ocak Perşembe, 9 Ocak Cuma, \
         10 Ocak Cumartesi"
    );
}
