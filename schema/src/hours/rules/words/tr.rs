//! Turkish.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::{amounts, locative, split, weekday_is_enough};

const MONTHS: [&str; 12] = [
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
    "Aralık",
];

pub fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Pazartesi",
        Weekday::Tue => "Salı",
        Weekday::Wed => "Çarşamba",
        Weekday::Thu => "Perşembe",
        Weekday::Fri => "Cuma",
        Weekday::Sat => "Cumartesi",
        Weekday::Sun => "Pazar",
    }
}

pub fn month(date: NaiveDate) -> &'static str {
    MONTHS[date.month0() as usize]
}

/// «29 Ekim Perşembe»
pub fn date(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month(date), weekday(date.weekday()))
}

/// «29 Ekim 2026»
pub fn date_with_year(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// «29 Ekim Perşembe günü kapalıyız»
pub fn closed_on(day: NaiveDate) -> String {
    format!("{} günü kapalıyız", date(day))
}

/// «09:00»
pub fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// «09:00'da»
pub fn at_clock(time: NaiveTime) -> String {
    format!("{}{}", clock(time), locative(time))
}

/// «Öğle arası, 13:00'te döneceğiz»
pub fn back_from_break(until: NaiveTime) -> String {
    format!("Öğle arası, {} döneceğiz", at_clock(until))
}

/// «Pazar, 22:30»
pub fn weekday_and_clock(local: NaiveDateTime) -> String {
    format!("{}, {}", weekday(local.weekday()), clock(local.time()))
}

/// «Pazartesi 09:00», or with the date in front of the weekday if it is more than six days off.
pub fn opening(opens: NaiveDateTime, today: NaiveDate) -> String {
    format!("{} {}", opening_day(opens.date(), today), clock(opens.time()))
}

/// «Pazartesi 09:00'da», or «2 Kasım Pazartesi 09:00'da» if it is more than six days off.
pub fn at_opening(opens: NaiveDateTime, today: NaiveDate) -> String {
    format!("{} {}", opening_day(opens.date(), today), at_clock(opens.time()))
}

/// «30 Ekim Cuma 09:00'da», the date always named.
pub fn at_dated_opening(opens: NaiveDateTime) -> String {
    format!("{} {}", date(opens.date()), at_clock(opens.time()))
}

/// What the mail promises to someone who wrote outside working time.
pub fn reply_promise(opens: NaiveDateTime, today: NaiveDate) -> String {
    format!("Talebiniz alındı. {} size dönüş yapılacaktır.", at_opening(opens, today))
}

/// «10 saat 30 dakika», from a day on «1 gün 2 saat 5 dakika»; zero parts are left out.
pub fn duration(duration: TimeDelta) -> String {
    let [days, hours, minutes] = split(duration);
    amounts(&[(days, "gün"), (hours, "saat"), (minutes, "dakika")])
}

/// «10 saat 30 dakika sonra»
pub fn after(wait: TimeDelta) -> String {
    format!("{} sonra", duration(wait))
}

/// «1 dk 30 sn»
pub fn short_wait(wait: TimeDelta) -> String {
    let seconds = wait.num_seconds().max(0);
    amounts(&[(seconds / 60, "dk"), (seconds % 60, "sn")])
}

fn opening_day(day: NaiveDate, today: NaiveDate) -> String {
    match weekday_is_enough(day, today) {
        true => weekday(day.weekday()).to_owned(),
        false => date(day),
    }
}
