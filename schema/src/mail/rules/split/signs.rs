//! What tells that a line says who wrote when: a verb, an address, a date, a time.

use super::words::{CALENDAR, WROTE, WROTE_WITHIN, has_word};

pub(super) fn has_verb(folded: &str) -> bool {
    WROTE.iter().any(|verb| has_word(folded, verb)) || WROTE_WITHIN.iter().any(|verb| folded.contains(verb))
}

pub(super) fn has_address(folded: &str) -> bool {
    folded
        .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ','))
        .any(|word| word.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.len() > 2))
}

/// A year beside another number or a month, or three numbers with the same sign between them.
pub(super) fn has_date(folded: &str) -> bool {
    let numbers: Vec<&str> =
        folded.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let is_year = |run: &&str| run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
    let is_day = |run: &&str| run.len() <= 2 && run.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
    let has_day = numbers.iter().any(is_day);
    if numbers.iter().any(is_year) && has_day {
        return true;
    }
    let has_month = || {
        folded
            .split(|c: char| !c.is_alphabetic())
            .any(|word| CALENDAR.iter().any(|name| word.starts_with(name) && word.chars().count() <= 10))
    };
    has_short_date(folded) || has_day && has_month()
}

/// `20.11.26`, `11/20/26`, `26-11-20`.
fn has_short_date(folded: &str) -> bool {
    folded.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).any(|word| {
        ['.', '/', '-'].into_iter().any(|sign| {
            let runs: Vec<&str> = word.trim_matches(sign).split(sign).collect();
            runs.len() == 3
                && runs
                    .iter()
                    .all(|run| (1..=4).contains(&run.len()) && run.bytes().all(|b| b.is_ascii_digit()))
        })
    })
}

/// `14:05`, `14.05`, `14h05`, `2 PM`.
pub(super) fn has_time(folded: &str) -> bool {
    folded.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"' | '<' | '>')).any(|word| {
        let is_half = |word: &str| word == "am" || word == "pm";
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let rest = &word[digits..];
        let has_minutes = rest.len() >= 3
            && rest.starts_with([':', '.', 'h'])
            && rest.as_bytes()[1..3].iter().all(u8::is_ascii_digit)
            && !rest[3..].starts_with(|c: char| c == '.' || c.is_ascii_digit());
        (1..=2).contains(&digits) && (has_minutes || is_half(rest))
    })
}
