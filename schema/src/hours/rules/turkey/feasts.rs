//! The first days of the two religious feasts, 2020 to 2035.
//!
//! The Presidency of Religious Affairs (Diyanet) reckons them beforehand: a lunar month begins the day after an
//! evening on which the crescent can be seen somewhere on land, and that is where moon and sun stand 8° apart and the
//! moon 5° above the horizon at sunset. Up to [`ANNOUNCED_UNTIL`] the dates are the ones of its yearly calendars.
//! Later ones are reckoned by the same criterion and stand here as expected until they are announced; a test works
//! each of them out from the motions of moon and sun. The closest call is February 2028, where the crescent is
//! reached only at dusk in Alaska: should the announcement differ, it will be there, and by one day.

use chrono::NaiveDate;

/// The last year whose feasts are announced, not only reckoned.
pub const ANNOUNCED_UNTIL: i32 = 2027;

/// Year, month and day of 1 Shawwal. The lunar year is shorter: 2033 has two of these feasts.
pub(super) const RAMAZAN: [(i32, u32, u32); 17] = [
    (2020, 5, 24),
    (2021, 5, 13),
    (2022, 5, 2),
    (2023, 4, 21),
    (2024, 4, 10),
    (2025, 3, 30),
    (2026, 3, 20),
    (2027, 3, 9),
    (2028, 2, 26),
    (2029, 2, 14),
    (2030, 2, 4),
    (2031, 1, 24),
    (2032, 1, 14),
    (2033, 1, 2),
    (2033, 12, 23),
    (2034, 12, 12),
    (2035, 12, 1),
];

/// Year, month and day of 10 Dhu al-Hijja.
pub(super) const KURBAN: [(i32, u32, u32); 16] = [
    (2020, 7, 31),
    (2021, 7, 20),
    (2022, 7, 9),
    (2023, 6, 28),
    (2024, 6, 16),
    (2025, 6, 6),
    (2026, 5, 27),
    (2027, 5, 16),
    (2028, 5, 5),
    (2029, 4, 24),
    (2030, 4, 13),
    (2031, 4, 2),
    (2032, 3, 22),
    (2033, 3, 11),
    (2034, 3, 1),
    (2035, 2, 18),
];

pub(super) fn dates(table: &[(i32, u32, u32)]) -> impl Iterator<Item = NaiveDate> + use<'_> {
    table.iter().filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(*year, *month, *day))
}
