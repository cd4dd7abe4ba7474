//! Written instants.

use super::super::When;
use super::*;
use chrono_tz::Europe::Berlin;

fn on(zone: Tz, text: &str) -> Option<String> {
    let at = When::parse(text)?.on(&elsewhere(zone, 'N'))?;
    Some(at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

#[test]
fn an_instant_has_an_offset_and_a_clock_reading_has_none() {
    for text in [
        "2026-01-09T17:55:00+03:00",
        "2026-01-09T14:55:00Z",
        "2026-01-09t14:55:00z",
        "2026-01-09 14:55Z",
        "2026-01-09T09:25:00.750-05:30",
        "2026-01-10T00:55:00.999999999+10:00",
        "2026-01-09T17:55",
        "2026-01-09 17:55:00",
        "2026-01-09T17:55:00.5",
    ] {
        let istanbul = on(chrono_tz::Europe::Istanbul, text);
        assert_eq!(istanbul.as_deref(), Some("2026-01-09T14:55:00Z"), "{text}");
    }
    assert_eq!(on(Berlin, "2016-12-31T23:59:60Z").as_deref(), Some("2016-12-31T23:59:59Z"));
}

/// 2026: 02:00 becomes 03:00 on 29 March, and 03:00 becomes 02:00 on 25 October.
#[test]
fn a_skipped_reading_is_the_end_of_the_gap_and_a_repeated_one_its_first_time() {
    assert_eq!(on(Berlin, "2026-03-29T02:30").as_deref(), Some("2026-03-29T01:00:00Z"));
    assert_eq!(on(Berlin, "2026-03-29T03:00").as_deref(), Some("2026-03-29T01:00:00Z"));
    assert_eq!(on(Berlin, "2026-10-25T02:30").as_deref(), Some("2026-10-25T00:30:00Z"));
    assert_eq!(on(Berlin, "2026-10-25T03:00").as_deref(), Some("2026-10-25T02:00:00Z"));
}

#[test]
fn anything_else_is_no_time() {
    for text in [
        "",
        "now",
        "2026-01-09",
        "2026-01-09T",
        "2026-02-29T10:00",
        "2026-13-01T10:00",
        "2026-01-09T24:00",
        "2026-01-09T10:60",
        "2026-01-09T10:00:61",
        "2026-01-09T10:00:00.Z",
        "2026-01-09T10:00:0",
        "2026-01-09T10:00+3",
        "2026-01-09T10:00+03:60",
        "2026-01-09T10:00+24:00",
        "2026-01-09T10:00+0300",
        "2026-01-09T10:00 UTC",
        "2026-01-09T10:00Z ",
        " 2026-01-09T10:00Z",
        "2026/01/09T10:00",
        "２026-01-09T10:00",
        "+026-01-09T10:00",
    ] {
        assert_eq!(When::parse(text), None, "{text}");
    }
}
