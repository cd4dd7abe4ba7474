//! The Turkish locative after a clock time: "at" is a suffix whose vowel and consonant follow the last word
//! one says aloud when reading the time.

use chrono::{NaiveTime, Timelike};

/// The suffix with its apostrophe, as in `09:00'da`, `13:00'te`, `08:40'ta`. The last word spoken is the
/// hour at the full hour, otherwise the minutes.
pub fn locative(time: NaiveTime) -> &'static str {
    match time.minute() {
        0 => of_number(time.hour()),
        minute => of_number(minute),
    }
}

/// Back vowels take `a`, front vowels `e`; after a voiceless consonant `d` hardens to `t`.
fn of_number(number: u32) -> &'static str {
    match (number % 10, number) {
        // on, otuz, sıfır; kırk; yirmi, elli
        (0, 40) => "'ta",
        (0, 20 | 50) => "'de",
        (0, _) => "'da",
        // üç, dört, beş
        (3..=5, _) => "'te",
        // altı, dokuz
        (6 | 9, _) => "'da",
        // bir, iki, yedi, sekiz
        _ => "'de",
    }
}
