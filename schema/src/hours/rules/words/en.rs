//! English.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::{amounts, split, weekday_is_enough};

pub fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// "Thursday, 29 October"
pub fn date(date: NaiveDate) -> String {
    date.format("%A, %-d %B").to_string()
}

/// "29 October 2026"
pub fn date_with_year(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// "We are closed on Thursday, 29 October"
pub fn closed_on(day: NaiveDate) -> String {
    format!("We are closed on {}", date(day))
}

/// "09:00"
pub fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// "at 09:00"
pub fn at_clock(time: NaiveTime) -> String {
    format!("at {}", clock(time))
}

/// "Lunch break, back at 13:00"
pub fn back_from_break(until: NaiveTime) -> String {
    format!("Lunch break, back {}", at_clock(until))
}

/// "Sunday, 22:30"
pub fn weekday_and_clock(local: NaiveDateTime) -> String {
    format!("{}, {}", weekday(local.weekday()), clock(local.time()))
}

/// "Monday 09:00", or with the date behind the weekday if it is more than six days off.
pub fn opening(opens: NaiveDateTime, today: NaiveDate) -> String {
    format!("{} {}", opening_day(opens.date(), today), clock(opens.time()))
}

/// "Monday at 09:00", or "Monday, 2 November at 09:00" if it is more than six days off.
pub fn at_opening(opens: NaiveDateTime, today: NaiveDate) -> String {
    format!("{} {}", opening_day(opens.date(), today), at_clock(opens.time()))
}

/// "Friday, 30 October at 09:00", the date always named.
pub fn at_dated_opening(opens: NaiveDateTime) -> String {
    format!("{} {}", date(opens.date()), at_clock(opens.time()))
}

/// What the mail promises to someone who wrote outside working time.
pub fn reply_promise(opens: NaiveDateTime, today: NaiveDate) -> String {
    format!("We have received your request. We will get back to you on {}.", at_opening(opens, today))
}

/// "10 h 30 min", from a day on "1 d 2 h 5 min"; zero parts are left out.
pub fn duration(duration: TimeDelta) -> String {
    let [days, hours, minutes] = split(duration);
    amounts(&[(days, "d"), (hours, "h"), (minutes, "min")])
}

/// "in 10 h 30 min"
pub fn after(wait: TimeDelta) -> String {
    format!("in {}", duration(wait))
}

/// "1 min 30 s"
pub fn short_wait(wait: TimeDelta) -> String {
    let seconds = wait.num_seconds().max(0);
    amounts(&[(seconds / 60, "min"), (seconds % 60, "s")])
}

fn opening_day(day: NaiveDate, today: NaiveDate) -> String {
    match weekday_is_enough(day, today) {
        true => weekday(day.weekday()).to_owned(),
        false => date(day),
    }
}
