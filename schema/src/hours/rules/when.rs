//! An instant as people and programs write it.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};

use super::calendar::Calendar;
use super::zone::first_instant;

/// What a written time says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// With an offset, as RFC 3339 wants it.
    Instant(DateTime<Utc>),
    /// A reading of the site's clocks.
    Local(NaiveDateTime),
}

impl When {
    /// Reads `2026-01-09T17:55:00+03:00`, or without the offset, or without the seconds; a blank may stand for the `T`.
    /// Fractions of a second are passed over. None for anything else, and for dates and times that do not exist.
    pub fn parse(text: &str) -> Option<When> {
        let bytes = text.as_bytes();
        let ([y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', h1, h2, b':', n1, n2], rest) =
            bytes.split_first_chunk::<16>()?
        else {
            return None;
        };
        let year = pair(*y1, *y2)? * 100 + pair(*y3, *y4)?;
        let date = NaiveDate::from_ymd_opt(year.try_into().ok()?, pair(*m1, *m2)?, pair(*d1, *d2)?)?;
        let (seconds, rest) = seconds(rest)?;
        let local = date.and_hms_opt(pair(*h1, *h2)?, pair(*n1, *n2)?, seconds)?;
        match rest {
            [] => Some(When::Local(local)),
            [b'Z' | b'z'] => Some(When::Instant(local.and_utc())),
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (hours, minutes) = (pair(*h1, *h2)?, pair(*m1, *m2)?);
                let ahead = i32::try_from(hours * 3600 + minutes * 60).ok().filter(|_| minutes < 60)?;
                let offset = FixedOffset::east_opt(if *sign == b'-' { -ahead } else { ahead })?;
                Some(When::Instant(local.checked_sub_offset(offset)?.and_utc()))
            }
            _ => None,
        }
    }

    /// The instant, on the clocks of a calendar's zone where no offset is written. A reading the clocks skip means the
    /// first instant after the gap, one they show twice the first time.
    pub fn on(self, calendar: &Calendar) -> Option<DateTime<Utc>> {
        match self {
            When::Instant(at) => Some(at),
            When::Local(local) => {
                DateTime::from_timestamp(first_instant(calendar.zone(), local.and_utc().timestamp()), 0)
            }
        }
    }
}

/// Two digits as a number.
fn pair(tens: u8, units: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(units)?)
}

/// Takes `:SS` and a fraction off the front, if they are there. A leap second counts as the one before it.
fn seconds(rest: &[u8]) -> Option<(u32, &[u8])> {
    let Some(rest) = rest.strip_prefix(b":") else { return Some((0, rest)) };
    let ([s1, s2], rest) = rest.split_first_chunk::<2>()?;
    let seconds = pair(*s1, *s2).filter(|seconds| *seconds <= 60)?.min(59);
    let Some(fraction) = rest.strip_prefix(b".") else { return Some((seconds, rest)) };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then(|| (seconds, &fraction[digits..]))
}
