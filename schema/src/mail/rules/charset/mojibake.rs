//! Text that was decoded wrongly before it was sent, mended only where there is no doubt.
//!
//! Two mistakes are common in Turkish mail: UTF-8 read as windows-1252 or -1254 («sipariÅŸ»), and windows-1254
//! sent under a Western label («sipariþ»). The first is undone when *every* letter of the text can be turned
//! back and the outcome is Turkish; the second when its letters are not those of Icelandic.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252, WINDOWS_1254};

/// A text may have been spoilt twice.
const ROUNDS_MAX: usize = 2;

/// Undoes UTF-8 that was read as a single-byte charset; any other text stays as it is.
pub(crate) fn repair(text: String) -> String {
    undone(&text, ROUNDS_MAX).unwrap_or(text)
}

fn undone(text: &str, rounds: usize) -> Option<String> {
    // The first bytes of all Turkish letters in UTF-8, as they look when read one by one.
    if rounds == 0 || !text.contains(['Ã', 'Ä', 'Å']) {
        return None;
    }
    [false, true].into_iter().find_map(|is_1254| {
        let bytes: Option<Vec<u8>> = text.chars().map(|letter| byte(letter, is_1254)).collect();
        let better = String::from_utf8(bytes?).ok()?;
        undone(&better, rounds - 1).or(Some(better).filter(|better| is_turkish(better)))
    })
}

/// A letter only Turkish has, or several of those it shares.
fn is_turkish(text: &str) -> bool {
    let own = text.chars().filter(|c| matches!(c, 'ğ' | 'ş' | 'ı' | 'İ' | 'Ğ' | 'Ş')).count();
    let shared = text.chars().filter(|c| matches!(c, 'ç' | 'ö' | 'ü' | 'Ç' | 'Ö' | 'Ü')).count();
    own > 0 || shared > 1
}

/// The byte a wrong decoder made this letter of.
fn byte(letter: char, is_1254: bool) -> Option<u8> {
    if let Ok(code @ 0..=0x9F) = u8::try_from(letter) {
        return Some(code);
    }
    let encoding = if is_1254 { WINDOWS_1254 } else { WINDOWS_1252 };
    let mut buffer = [0; 4];
    let (bytes, _, is_lost) = encoding.encode(letter.encode_utf8(&mut buffer));
    match *bytes {
        [byte] if !is_lost => Some(byte),
        _ => None,
    }
}

/// windows-1254 under a Western label: `þ ð ý` for `ş ğ ı`. Icelandic has the same letters, but hardly a sentence
/// without one of its accented vowels, and neither `ü` nor `ç`.
pub(super) fn turkish_in_western<'a>(text: Cow<'a, str>, encoding: &'static Encoding) -> Cow<'a, str> {
    if encoding != WINDOWS_1252 || !text.contains(['þ', 'ð', 'ý', 'Þ', 'Ð', 'Ý']) {
        return text;
    }
    let is_icelandic = text.contains(['á', 'í', 'ó', 'ú', 'é', 'æ', 'Á', 'Í', 'Ó', 'Ú', 'É', 'Æ']);
    let is_turkish = text.contains(['ý', 'Ý', 'ü', 'Ü', 'ç', 'Ç']) || has_turkish_thorn(&text);
    if is_icelandic || !is_turkish {
        return text;
    }
    Cow::Owned(text.chars().map(turkish).collect())
}

/// `þ` at the end of a word or before most consonants: «sipariþ», «iþlem». Icelandic begins words with it.
fn has_turkish_thorn(text: &str) -> bool {
    let mut signs = text.chars().peekable();
    let mut is_inside = false;
    while let Some(sign) = signs.next() {
        let next = signs.peek().map(|next| next.to_ascii_lowercase());
        let ends_word = next.is_none_or(|next| !next.is_alphanumeric());
        let is_hard = next.is_some_and(|next| next.is_ascii_alphabetic() && !"aeiouyrj".contains(next));
        if is_inside && sign == 'þ' && (ends_word || is_hard) {
            return true;
        }
        is_inside = sign.is_alphabetic();
    }
    false
}

fn turkish(letter: char) -> char {
    match letter {
        'þ' => 'ş',
        'ð' => 'ğ',
        'ý' => 'ı',
        'Þ' => 'Ş',
        'Ð' => 'Ğ',
        'Ý' => 'İ',
        other => other,
    }
}
