//! Where a card stands in its column of the board: a text between the texts of its neighbours.
//!
//! Ranks are hexadecimal digits compared as text; the smallest is on top. A card that nobody has moved has the rank of
//! its age ([`Rank::of`]), newest on top, and stores none. A moved card stores a rank between two others, so a move
//! writes one row and no other card is numbered anew.

use std::fmt;

use chrono::{DateTime, TimeZone, Utc};
use uuid::Uuid;

/// Digits of a rank that can be stored.
const DIGITS_MAX: usize = 200;
/// Digits of a time, and of a time with an id: the rank of an age.
const TIME_DIGITS: usize = 16;
const AGE_DIGITS: usize = 48;

/// A place in a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(String);

/// The gap between two cards; none is the end of the column.
#[derive(Debug, Clone, Default)]
pub struct Slot {
    pub above: Option<Rank>,
    pub below: Option<Rank>,
}

impl Rank {
    /// The rank of a card by its age.
    pub fn of(created_at: DateTime<Utc>, id: Uuid) -> Rank {
        let inverted = i64::MAX.abs_diff(created_at.timestamp_micros());
        Rank(format!("{inverted:0TIME_DIGITS$x}{:032x}", !id.as_u128()))
    }

    /// A rank as it was written; none of anything else.
    pub fn parse(text: &str) -> Option<Rank> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_rank = (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(is_digit);
        is_rank.then(|| Rank(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The youngest card by age that could stand below this rank, and whether it would have to be older than that.
    pub fn age(&self) -> (DateTime<Utc>, Uuid, bool) {
        let digits = format!("{:0<AGE_DIGITS$}", self.0.get(..AGE_DIGITS).unwrap_or(&self.0));
        let (time, id) = digits.split_at(TIME_DIGITS);
        let inverted = u64::from_str_radix(time, 16).unwrap_or(u64::MAX);
        let micros = i64::try_from(inverted).ok().map(|inverted| i64::MAX - inverted);
        let at = match micros {
            // Ranks beyond any age stand for the ends of time.
            None => DateTime::UNIX_EPOCH,
            Some(micros) => Utc.timestamp_micros(micros).single().unwrap_or(DateTime::<Utc>::MAX_UTC),
        };
        let id = Uuid::from_u128(!u128::from_str_radix(id, 16).unwrap_or_default());
        (at, id, self.0.len() >= AGE_DIGITS)
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Slot {
    /// A rank in the gap, for a card put there at `now`. None if so many moves were made to this one place that no
    /// text is left between.
    pub fn rank(&self, now: DateTime<Utc>, id: Uuid) -> Option<Rank> {
        match (&self.above, &self.below) {
            (None, below) => {
                // To the top, time alone leads ever further up.
                let top = Rank::of(now, id);
                match below {
                    Some(below) if *below <= top => between("", Some(below.as_str())),
                    _ => Some(top),
                }
            }
            (Some(above), None) => next_instant(above),
            (Some(above), Some(below)) if above < below => between(above.as_str(), Some(below.as_str())),
            // They changed places meanwhile: right below the upper one.
            (Some(above), Some(_)) => between(above.as_str(), None).filter(|rank| rank > above),
        }
    }
}

/// An instant further down, so that the end of a column does not grow longer with every card put there.
fn next_instant(rank: &Rank) -> Option<Rank> {
    let time = format!("{:0<TIME_DIGITS$}", rank.0.get(..TIME_DIGITS).unwrap_or(&rank.0));
    let next = u64::from_str_radix(&time, 16).ok()?.checked_add(1)?;
    Some(Rank(format!("{next:0TIME_DIGITS$x}8")))
}

/// A text after `low` and before `high`, as short as can be, never ending in a zero: so there is room before it.
fn between(low: &str, high: Option<&str>) -> Option<Rank> {
    let digit =
        |text: &str, place: usize| text.as_bytes().get(place).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut text, mut high) = (String::new(), high);
    for place in 0..DIGITS_MAX {
        let top = match high {
            Some(high) => digit(high, place)?,
            None => 16,
        };
        let bottom = digit(low, place);
        if bottom == Some(top) || (bottom.is_none() && top == 0) {
            text.push(char::from_digit(top, 16)?);
            continue;
        }
        let middle = bottom.unwrap_or(0).midpoint(top);
        if middle > bottom.unwrap_or(0) {
            text.push(char::from_digit(middle, 16)?);
            return Some(Rank(text));
        }
        // Two neighbouring digits: from here on any text after `low` will do.
        text.push(char::from_digit(middle, 16)?);
        high = None;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn rank(text: &str) -> Rank {
        Rank::parse(text).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        "2026-01-10T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn cards_that_nobody_moved_stand_newest_first() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(Rank::of(at(1), one) < Rank::of(at(0), one));
        assert!(Rank::of(at(0), two) < Rank::of(at(0), one), "of one instant, the later id is above");
        assert_eq!(Rank::of(at(7), two).age(), (at(7), two, true));
    }

    #[test]
    fn a_rank_lies_strictly_between_its_neighbours() {
        let pairs =
            [("1", "2"), ("1", "11"), ("0f", "1"), ("7ff", "8"), ("1", "101"), ("a", "b"), ("af", "b001")];
        for (above, below) in pairs {
            let slot = Slot { above: Some(rank(above)), below: Some(rank(below)) };
            let middle = slot.rank(at(0), Uuid::nil()).unwrap();
            assert!(rank(above) < middle && middle < rank(below), "{above} < {middle} < {below}");
            assert!(!middle.as_str().ends_with('0'));
        }
        let none = Slot { above: Some(rank("1")), below: Some(rank("10")) };
        assert_eq!(none.rank(at(0), Uuid::nil()), None, "no text lies between these");
    }

    #[test]
    fn a_thousand_moves_to_one_place_are_possible_at_the_ends_and_six_hundred_between() {
        let card = Rank::of(at(0), Uuid::from_u128(5));
        let (mut top, mut bottom) = (card.clone(), card.clone());
        for second in 1..1000 {
            let up = Slot { above: None, below: Some(top.clone()) }.rank(at(second), Uuid::nil()).unwrap();
            let down =
                Slot { above: Some(bottom.clone()), below: None }.rank(at(second), Uuid::nil()).unwrap();
            assert!(up < top && down > bottom && up.as_str().len() <= 48 && down.as_str().len() <= 48);
            (top, bottom) = (up, down);
        }
        for is_above in [true, false] {
            let (mut above, mut below) = (card.clone(), Rank::of(at(-60), Uuid::from_u128(4)));
            for _ in 0..580 {
                let slot = Slot { above: Some(above.clone()), below: Some(below.clone()) };
                let middle = slot.rank(at(0), Uuid::nil()).unwrap();
                assert!(above < middle && middle < below);
                *(if is_above { &mut above } else { &mut below }) = middle;
            }
        }
    }

    #[test]
    fn a_card_put_between_cards_that_changed_places_follows_the_upper_one() {
        let slot = Slot { above: Some(rank("5")), below: Some(rank("3")) };
        assert!(slot.rank(at(0), Uuid::nil()).unwrap() > rank("5"));
    }

    #[test]
    fn the_age_of_a_rank_bounds_the_cards_below_it() {
        let card = |second, id| (at(second), Uuid::from_u128(id));
        let cards = [card(3, 9), card(2, 9), card(2, 8), card(2, 1), card(1, 5), card(0, 7)];
        let ranks: Vec<Rank> = cards.iter().map(|(at, id)| Rank::of(*at, *id)).collect();
        let mut places = ranks.clone();
        places.extend([
            rank("1"),
            rank("9"),
            rank(&ranks[1].as_str()[..20]),
            rank(&format!("{}8", ranks[2])),
        ]);
        for place in places {
            let (at, id, is_older) = place.age();
            for (card, rank) in cards.iter().zip(&ranks) {
                let is_below = if is_older { *card < (at, id) } else { *card <= (at, id) };
                assert_eq!(is_below, *rank > place, "{card:?} below {place}");
            }
        }
    }
}
