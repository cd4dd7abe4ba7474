//! What a client prefers of what there is: `Accept-Language`, and the weighted lists that all `Accept-…` headers are
//! (RFC 9110, 12.4.2 and 12.5.4). Pure: texts in, a choice out.

use super::Language;

/// A weight in thousandths: 1000 is "best", 0 is "not at all".
pub type Weight = u16;

const WEIGHT_MAX: Weight = 1000;

/// The choices of a header's lines with their weights, in the order they came. A malformed one is passed over.
pub fn choices<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (&'a str, Weight)> {
    lines.flat_map(|line| line.split(',')).filter_map(choice)
}

/// The language of an `Accept-Language` header; Turkish if it names neither ours nor "any".
#[must_use]
pub fn negotiate<'a>(lines: impl Iterator<Item = &'a str>) -> Language {
    let (mut turkish, mut english, mut any) = (None, None, None);
    for (place, (range, weight)) in choices(lines).enumerate() {
        let is =
            |name: &str| range.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(name));
        let wish = match () {
            () if is("tr") => &mut turkish,
            () if is("en") => &mut english,
            () if is("*") => &mut any,
            () => continue,
        };
        let said = Wish { weight, place };
        *wish = Some(wish.map_or(said, |earlier: Wish| earlier.or_better(said)));
    }
    let (turkish, english) = (turkish.or(any), english.or(any));
    match (turkish, english) {
        (_, None) => Language::Tr,
        (None, Some(english)) if english.weight > 0 => Language::En,
        (Some(turkish), Some(english)) if english.is_before(turkish) => Language::En,
        _ => Language::Tr,
    }
}

#[derive(Clone, Copy)]
struct Wish {
    weight: Weight,
    place: usize,
}

impl Wish {
    fn or_better(self, other: Wish) -> Wish {
        if other.weight > self.weight { other } else { self }
    }

    /// Of two equal weights the one named first is meant.
    fn is_before(self, other: Wish) -> bool {
        self.weight > other.weight
            || (self.weight == other.weight && self.weight > 0 && self.place < other.place)
    }
}

fn choice(text: &str) -> Option<(&str, Weight)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix(['q', 'Q']));
    let weight = weight.map_or(Some(WEIGHT_MAX), |text| self::weight(text.trim_start().strip_prefix('=')?));
    weight.map(|weight| (name, weight))
}

/// `0`, `1`, or either with at most three decimals, not above 1.
fn weight(text: &str) -> Option<Weight> {
    let text = text.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: Weight = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(WEIGHT_MAX),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(header: &str) -> Language {
        negotiate([header].into_iter())
    }

    #[test]
    fn whoever_asks_for_neither_language_reads_turkish() {
        for header in ["", "de", "de-DE, fr;q=0.8", "*", "en;q=0", "tr;q=0", ",,;", "en;q=x", "english"] {
            assert_eq!(language(header), Language::Tr, "{header:?}");
        }
    }

    #[test]
    fn the_greater_weight_wins_and_of_equals_the_first() {
        for header in ["en", "EN-us", "en-GB;q=0.1", "de, en;q=0.5", "tr;q=0.4, en;q=0.5", "en, tr", "en, *"]
        {
            assert_eq!(language(header), Language::En, "{header:?}");
        }
        assert_eq!(language("en;q=0.5,tr ; q=0.500"), Language::En);
        for header in ["tr", "tr-TR, en", "en;q=0.8, tr;q=0.9", "en;q=0.5, *", "TR"] {
            assert_eq!(language(header), Language::Tr, "{header:?}");
        }
    }

    #[test]
    fn a_language_named_outright_is_not_meant_by_any() {
        assert_eq!(language("tr;q=0.1, *"), Language::En);
        assert_eq!(language("*, en;q=0.1"), Language::Tr);
        assert_eq!(language("tr;q=0, *;q=0.3"), Language::En);
        assert_eq!(language("en-US;q=0.2, en;q=0.9, tr;q=0.5"), Language::En);
    }

    #[test]
    fn lines_of_one_header_are_one_list() {
        assert_eq!(negotiate(["tr;q=0.5", "en"].into_iter()), Language::En);
    }

    #[test]
    fn a_weight_has_at_most_three_decimals_and_is_at_most_one() {
        let read: Vec<Option<Weight>> =
            ["1", "1.000", "0.5", "0.123", "0.", "0"].into_iter().map(weight).collect();
        assert_eq!(read, [Some(1000), Some(1000), Some(500), Some(123), Some(0), Some(0)]);
        for wrong in ["", "1.001", "2", "-1", "0.1234", "0,5", ".5", "1e0", "+1"] {
            assert_eq!(weight(wrong), None, "{wrong:?}");
        }
    }
}
