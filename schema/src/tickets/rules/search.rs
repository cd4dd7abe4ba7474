//! What is looked for in tickets, and how it is found (A8-42, B12-70).
//!
//! A ticket's *doc* is its number, reference, subject, name, address, phone and message, folded the Turkish way, one to
//! a line. A search has *words*; each must stand somewhere in the doc, inside another word too. An index of three-letter
//! *grams* brings up the docs that may have a word; the doc itself decides.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::turkish::{fold, lower_email};

/// Characters of a search.
pub const SEARCH_CHARS_MAX: usize = 200;
/// Words of a search that count.
const WORDS_MAX: usize = 10;
/// Letters of a gram.
const GRAM: usize = 3;

/// What is looked for in a ticket.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub ticket_number: i64,
    pub reference: &'a str,
    pub subject: &'a str,
    pub visitor_name: &'a str,
    pub visitor_email: Option<&'a str>,
    pub visitor_phone: Option<&'a str>,
    pub message: &'a str,
}

/// The doc of a ticket; the database's `ticket_doc` writes the same.
pub fn doc(ticket: Sought<'_>) -> String {
    let number = format!("#{}", ticket.ticket_number);
    let parts =
        [Some(number.as_str()), Some(ticket.reference), Some(ticket.subject), Some(ticket.visitor_name)];
    let others = [ticket.visitor_email, ticket.visitor_phone, Some(ticket.message)];
    let parts: Vec<&str> = parts.into_iter().chain(others).flatten().collect();
    fold(&parts.join("\n"))
}

/// The words of a search, folded as docs are; addresses as addresses are.
pub fn words(search: &str) -> Vec<String> {
    let folded = |word: &str| if word.contains('@') { lower_email(word) } else { fold(word) };
    let mut words: Vec<String> = Vec::new();
    for word in search.split_whitespace().map(folded) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(WORDS_MAX);
    words
}

/// A word as a pattern of LIKE.
pub fn pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The grams of a doc or a word, as numbers. Shorter words have none.
pub fn grams(text: &str) -> BTreeSet<i32> {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let windows = ends.windows(GRAM + 1).map(|window| &text[window[0]..window[GRAM]]);
    windows.filter(|gram| !gram.contains(char::is_whitespace)).map(hash).collect()
}

/// The part of a word that tells tickets apart, to ask the index for: of a reference its digits, of an address what
/// stands before the sign. The rest stands in nearly every doc, and to bring all of those up would be for nothing.
pub fn telling(word: &str) -> &str {
    let told = match (word.strip_prefix("sup-").and_then(|rest| rest.split_once('-')), word.find('@')) {
        (Some((_, digits)), _) => digits,
        (None, Some(at)) => &word[..=at],
        (None, None) => word,
    };
    if told.chars().count() > GRAM { told } else { word }
}

/// What is mixed into the grams of a site, so that the index keeps sites apart.
pub fn salt(site: Uuid) -> i32 {
    let [.., a, b, c, d] = *site.as_bytes();
    i32::from_be_bytes([a, b, c, d])
}

/// FNV-1a: the numbers stand in the database, so they must never change.
fn hash(gram: &str) -> i32 {
    let hash =
        gram.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: Sought<'_> = Sought {
        ticket_number: 42,
        reference: "SUP-2026-000042",
        subject: "YAZICI",
        visitor_name: "Şükrü İĞDIR",
        visitor_email: Some("sukru@ornek.test"),
        visitor_phone: None,
        message: "Çalışmıyor\nLÜTFEN",
    };

    #[test]
    fn a_doc_is_everything_that_is_looked_for_in_small_turkish_letters() {
        assert_eq!(
            doc(TICKET),
            "#42\nsup-2026-000042\nyazıcı\nşükrü iğdır\nsukru@ornek.test\nçalışmıyor\nlütfen"
        );
    }

    #[test]
    fn words_are_folded_once_each_and_bounded() {
        assert_eq!(words("  YAZICI  yazıcı İptal "), ["yazıcı", "iptal"]);
        assert_eq!(words("ALI@X.COM"), ["ali@x.com"]);
        assert_eq!(words(&"a b c d e f g h i j k l".to_uppercase()).len(), WORDS_MAX);
        assert!(words(" \u{a0}\n").is_empty());
    }

    #[test]
    fn what_like_would_read_as_a_sign_is_a_letter() {
        assert_eq!(pattern("50%_\\"), "%50\\%\\_\\\\%");
    }

    #[test]
    fn every_part_of_a_doc_has_grams_of_the_doc() {
        let doc = doc(TICKET);
        let all = grams(&doc);
        for word in ["zıc", "yazıcı", "000042", "#42", "u@orn", "ütfe", "sup-2026"] {
            let of_word = grams(word);
            assert!(!of_word.is_empty() && of_word.is_subset(&all), "{word}");
        }
        assert!(grams("ab").is_empty() && grams("a b").is_empty());
        assert!(!grams("yazlık").is_subset(&all));
        assert_eq!(grams("abc"), BTreeSet::from([0x1a47_e90b]), "the numbers stand in the database");
    }

    #[test]
    fn the_index_is_asked_for_what_tells_tickets_apart() {
        for (word, told) in [
            ("sup-2026-000042", "000042"),
            ("sup-2026", "sup-2026"),
            ("sup-2026-00", "sup-2026-00"),
            ("ayse.kaya@ornek.com", "ayse.kaya@"),
            ("@ornek.com", "@ornek.com"),
            ("ali@x", "ali@"),
            ("yazıcı", "yazıcı"),
            ("", ""),
        ] {
            assert_eq!(telling(word), told, "{word}");
        }
    }

    #[test]
    fn sites_made_at_the_same_moment_have_salts_of_their_own() {
        let salts: BTreeSet<i32> = (0..100).map(|_| salt(Uuid::now_v7())).collect();
        assert_eq!(salts.len(), 100);
    }
}
