//! What the walk takes for granted about the zone database.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::TZ_VARIANTS;

/// Days between the two looks of a window.
const APART: usize = 7;

/// From 1980 to 2060, one look a day.
#[test]
fn no_zone_changes_its_clocks_and_takes_it_back_within_seven_days() {
    for zone in TZ_VARIANTS {
        let offset = |day: i64| {
            let midnight = DateTime::from_timestamp(day * 86_400, 0).unwrap().naive_utc();
            zone.offset_from_utc_datetime(&midnight).fix().local_minus_utc()
        };
        let offsets: Vec<i32> = (3_652..32_872).map(offset).collect();
        for (day, looked_over) in offsets.windows(APART + 1).enumerate() {
            let still = looked_over.iter().all(|offset| *offset == looked_over[0]);
            assert!(still || looked_over[0] != looked_over[APART], "{zone}, {day} days after 1980-01-01");
        }
    }
}
