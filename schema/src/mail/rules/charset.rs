//! Bytes → text, for mail that names its charset, misnames it or forgets to.
//!
//! Turkish mail comes in UTF-8, ISO-8859-9 and windows-1254 (the latter two are read alike, as browsers do).
//! Bytes without a name are UTF-8 when they can be and windows-1254 otherwise.

use charset::Charset;

/// Decodes with the declared charset; a wrong, missing or unknown one is guessed.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let label = label.unwrap_or_default().trim().to_ascii_lowercase();
    match Charset::for_label_no_replacement(label.as_bytes()) {
        Some(found) if !is_only_a_default(&label) => found.decode(bytes).0.into_owned(),
        _ => guess(bytes),
    }
}

/// UTF-8 when the bytes are, windows-1254 when they are not.
pub(super) fn guess(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1254.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Joins neighbouring encoded words of the same charset and encoding.
///
/// Some programs cut the bytes of one letter between two words; decoded one by one each half is garbage.
pub(super) fn join_words(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(first) = rest.find("=?") {
        out.push_str(&rest[..first]);
        match Word::at(&rest[first..]) {
            Some(word) => rest = push_joined(&mut out, word),
            None => {
                out.push_str("=?");
                rest = &rest[first + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Writes a word and all that continue it; gives what follows.
fn push_joined<'a>(out: &mut String, mut word: Word<'a>) -> &'a str {
    out.push_str("=?");
    out.push_str(word.head);
    loop {
        out.push_str(word.payload);
        match Word::at(word.rest.trim_start()).filter(|next| word.continues_in(next)) {
            Some(next) => word = next,
            None => break,
        }
    }
    out.push_str("?=");
    word.rest
}

/// Labels that programs write without meaning them: 8-bit bytes in ASCII, and UTF-8 that is none.
fn is_only_a_default(label: &str) -> bool {
    matches!(label, "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" | "binary")
}

/// One encoded word, `=?charset?B?payload?=`, and the text after it. `head` is `charset?B?`.
struct Word<'a> {
    head: &'a str,
    payload: &'a str,
    rest: &'a str,
}

impl<'a> Word<'a> {
    fn at(text: &'a str) -> Option<Word<'a>> {
        let inner = text.strip_prefix("=?")?;
        let charset = inner.find('?')?;
        let head = inner.get(..charset + 3).filter(|head| head.ends_with('?'))?;
        let tail = &inner[head.len()..];
        let end = tail.find("?=")?;
        Some(Word { head, payload: &tail[..end], rest: &tail[end + 2..] })
    }

    /// Base64 can only be continued where it ends on a whole group and was not padded.
    fn continues_in(&self, next: &Word<'_>) -> bool {
        let is_quoted = self.head.ends_with("?Q?") || self.head.ends_with("?q?");
        let is_whole = !self.payload.ends_with('=') && self.payload.len().is_multiple_of(4);
        self.head.eq_ignore_ascii_case(next.head) && (is_quoted || is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_cut_between_two_words_is_whole_again() {
        assert_eq!(join_words("=?utf-8?Q?a=C5?=\r\n =?utf-8?Q?=9Fk?= son"), "=?utf-8?Q?a=C5=9Fk?= son");
    }

    #[test]
    fn words_of_different_charsets_stay_apart() {
        let value = "=?utf-8?Q?a?= =?iso-8859-9?Q?b?=";
        assert_eq!(join_words(value), value);
    }

    #[test]
    fn padded_base64_words_stay_apart() {
        let value = "=?utf-8?B?YQ==?= =?utf-8?B?YQ==?=";
        assert_eq!(join_words(value), value);
    }

    #[test]
    fn undeclared_bytes_are_utf_8_when_they_can_be_and_windows_1254_otherwise() {
        assert_eq!(decode("şğı".as_bytes(), None), "şğı");
        assert_eq!(decode(b"\xfe\xf0\xfd\xdd", None), "şğıİ");
        assert_eq!(decode(b"\xfe\xf0\xfd\xdd", Some("us-ascii")), "şğıİ");
        assert_eq!(decode(b"\xfe\xf0\xfd\xdd", Some("utf-8")), "şğıİ");
        assert_eq!(decode(b"\xfe\xf0\xfd\xdd", Some("ISO-8859-9")), "şğıİ");
    }
}
