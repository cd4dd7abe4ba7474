//! A ticket's two names: the number `#12345` and the reference `SUP-2026-000001`.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use thiserror::Error;

/// The year a ticket was made in and its place in that year, from 1. Compared as numbers: text would
/// put 1000000 before 999999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    pub year: i32,
    pub number: i64,
}

/// The text is no reference as the system writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a reference has the form SUP-YYYY-NNNNNN")]
pub struct NotAReference;

/// `SUP-YYYY-NNNNNN`; past 999999 the number grows a seventh digit and counting goes on.
pub fn reference(year: i32, number: i64) -> String {
    Reference { year, number }.to_string()
}

/// Reads a reference in capital or small letters.
///
/// # Errors
/// When the text has another form, its number is zero, or zeros stand in front that [`reference()`] would not
/// write.
pub fn parse_reference(text: &str) -> Result<Reference, NotAReference> {
    text.parse()
}

/// `#12345`
pub fn number_text(ticket_number: i64) -> String {
    format!("#{ticket_number}")
}

/// The year whose counter a ticket takes its number from: that of the site's calendar on the wall.
pub fn numbering_year(created_at: DateTime<Utc>, zone: Tz) -> i32 {
    let utc = created_at.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(utc).year()
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SUP-{:04}-{:06}", self.year, self.number)
    }
}

impl FromStr for Reference {
    type Err = NotAReference;

    fn from_str(text: &str) -> Result<Reference, NotAReference> {
        let (prefix, numbers) = text.split_at_checked(4).ok_or(NotAReference)?;
        let (year, number) = numbers.split_once('-').ok_or(NotAReference)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let padded = number.len() == 6 || (number.len() > 6 && !number.starts_with('0'));
        if !prefix.eq_ignore_ascii_case("SUP-")
            || year.len() != 4
            || !padded
            || !digits(year)
            || !digits(number)
        {
            return Err(NotAReference);
        }
        let year = year.parse().map_err(|_| NotAReference)?;
        let number = number.parse().map_err(|_| NotAReference)?;
        if number == 0 { Err(NotAReference) } else { Ok(Reference { year, number }) }
    }
}
