//! A place in the log as a word that clients hand back: microseconds since 1970 and the entry's id.

use chrono::DateTime;
use schema::audit::log::Place;
use uuid::Uuid;

pub fn write(place: Place) -> String {
    format!("{}_{}", place.at.timestamp_micros(), place.id.simple())
}

pub fn read(text: &str) -> Option<Place> {
    let (micros, id) = text.split_once('_')?;
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    let is_near = (0..=253_402_300_799).contains(&at.timestamp());
    is_near.then_some(Place { at, id: Uuid::parse_str(id).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_word_and_other_words_are_no_places() {
        let place = Place { at: "2026-11-20T12:00:00.123456Z".parse().unwrap(), id: Uuid::from_u128(7) };
        assert_eq!(read(&write(place)), Some(place));
        for wrong in
            ["", "_", "1", "1_", "x_1", "9223372036854775807_00000000000000000000000000000007", "-1_7", "1_ş"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
