//! Encoded words: `=?charset?B?…?=` and `=?charset?Q?…?=` (RFC 2047), as they are and not only as they should be.
//!
//! Neighbouring words of one charset are joined as *bytes*: many programs cut a letter, or a group of base64,
//! between two words. Besides that these are read: words glued to other text or to each other, words inside
//! quotes, spaces and folds inside a word, a missing or half `?=`, a language after the charset, lower-case
//! hexadecimal, unknown charsets (guessed), and a word that was encoded twice.

use std::borrow::Cow;

use super::super::charset;

/// Characters of a charset's name.
const LABEL_BYTES_MAX: usize = 64;

/// The value with every encoded word replaced by its text.
pub(crate) fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains("=?") {
        return Cow::Borrowed(value);
    }
    let once = decode_once(value);
    let is_word = once.starts_with("=?") && once.trim_end().ends_with("?=");
    // A word whose text is a word: a gateway encoded what was encoded already.
    Cow::Owned(if is_word { decode_once(&once) } else { once })
}

/// The text and the length of the run of encoded words that `text` starts with.
pub(crate) fn run_at(text: &str) -> Option<(String, usize)> {
    let first = Word::at(text)?;
    let mut run = Run::default();
    let mut end = first.length;
    run.push(&first);
    while let Some((gap, next)) = following(&text[end..]) {
        run.push(&next);
        end += gap + next.length;
    }
    Some((run.into_text(), end))
}

fn decode_once(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find("=?") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match run_at(rest) {
            Some((text, length)) => {
                out.push_str(&text);
                rest = &rest[length..];
            }
            None => {
                out.push_str("=?");
                rest = &rest[2..];
            }
        }
    }
    out + rest
}

/// The next word, when nothing but spaces lies before it.
fn following(text: &str) -> Option<(usize, Word<'_>)> {
    let trimmed = text.trim_start();
    Some((text.len() - trimmed.len(), Word::at(trimmed)?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Base64,
    Quoted,
}

/// One encoded word at the start of a text.
struct Word<'a> {
    label: &'a str,
    kind: Kind,
    payload: &'a str,
    /// Bytes of the text that the word takes, its end included.
    length: usize,
}

impl<'a> Word<'a> {
    fn at(text: &'a str) -> Option<Word<'a>> {
        let (label, kind, head) = head(text)?;
        let (payload, tail) = payload(&text[head..], kind);
        Some(Word { label, kind, payload, length: head + payload.len() + tail })
    }
}

/// `=?charset?B?`, spaces allowed between its pieces: charset, kind and length.
fn head(text: &str) -> Option<(&str, Kind, usize)> {
    let inner = text.strip_prefix("=?")?;
    let mark = inner.bytes().take(LABEL_BYTES_MAX).position(|byte| byte == b'?')?;
    let label = inner[..mark].trim();
    if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:*+()' ".contains(&byte)) {
        return None;
    }
    let after = inner[mark + 1..].trim_start_matches(' ');
    let kind = match after.bytes().next()? {
        b'B' | b'b' => Kind::Base64,
        b'Q' | b'q' => Kind::Quoted,
        _ => return None,
    };
    let rest = after[1..].trim_start_matches(' ').strip_prefix('?')?;
    Some((label, kind, text.len() - rest.len()))
}

/// The encoded text and the length of the sign that ends it.
fn payload(text: &str, kind: Kind) -> (&str, usize) {
    let room = &text[..next_head(text)];
    let mut from = 0;
    while let Some(at) = room[from..].find("?=").map(|at| from + at) {
        if kind == Kind::Base64 || !goes_on(&room[at + 2..]) {
            return (&text[..at], 2);
        }
        from = at + 2;
    }
    unclosed(room, kind)
}

/// Where the next word begins, at most the whole text.
fn next_head(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find("=?").map(|at| from + at) {
        if head(&text[at..]).is_some() {
            return at;
        }
        from = at + 2;
    }
    text.len()
}

/// `?=` inside a quoted word: a bare question mark before `=C5`, with the real end still to come.
fn goes_on(after: &str) -> bool {
    let is_hex = after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let end = after.find(char::is_whitespace).unwrap_or(after.len());
    is_hex && after[..end].contains("?=")
}

/// A word whose end is missing reaches as far as its alphabet does.
fn unclosed(room: &str, kind: Kind) -> (&str, usize) {
    let is_inside = |c: char| match kind {
        Kind::Base64 => c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='),
        Kind::Quoted => !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | ',' | ';'),
    };
    let payload = &room[..room.find(|c| !is_inside(c)).unwrap_or(room.len())];
    let is_half_closed = kind == Kind::Base64 && room[payload.len()..].starts_with('?');
    match payload.strip_suffix('?') {
        Some(payload) => (payload, 1),
        None => (payload, usize::from(is_half_closed)),
    }
}

/// Neighbouring words on their way to text.
#[derive(Default)]
struct Run<'a> {
    text: String,
    label: &'a str,
    bytes: Vec<u8>,
    /// Base64 of the last word that has not made a whole group yet.
    digits: Vec<u8>,
}

impl<'a> Run<'a> {
    fn push(&mut self, word: &Word<'a>) {
        if !same_charset(self.label, word.label) {
            self.flush();
            self.label = word.label;
        }
        match word.kind {
            Kind::Base64 => self.push_base64(word.payload),
            Kind::Quoted => {
                self.end_base64();
                push_quoted(&mut self.bytes, word.payload);
            }
        }
    }

    fn push_base64(&mut self, payload: &str) {
        for byte in payload.bytes() {
            match byte {
                b'=' => self.end_base64(),
                b'-' => self.digits.push(b'+'),
                b'_' => self.digits.push(b'/'),
                _ if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') => self.digits.push(byte),
                _ => {}
            }
        }
        let whole = self.digits.len() / 4 * 4;
        let left = self.digits.split_off(whole);
        self.end_base64();
        self.digits = left;
        self.end_complete_letters();
    }

    /// Some programs leave the padding out: a word whose letters are complete is not continued in the next.
    fn end_complete_letters(&mut self) {
        let mut bytes = super::super::mime::transfer::base64(&self.digits);
        let is_complete = !bytes.is_empty() && self.label.to_ascii_lowercase().starts_with("utf-8") && {
            let tail = self.bytes.len().saturating_sub(4);
            bytes.splice(0..0, self.bytes[tail..].iter().copied());
            let start = bytes.iter().position(|byte| byte & 0xC0 != 0x80).unwrap_or(bytes.len());
            std::str::from_utf8(&bytes[start..]).is_ok_and(|text| !text.is_ascii())
        };
        if is_complete {
            self.end_base64();
        }
    }

    fn end_base64(&mut self) {
        let digits = std::mem::take(&mut self.digits);
        self.bytes.extend(super::super::mime::transfer::base64(&digits));
    }

    fn flush(&mut self) {
        self.end_base64();
        let bytes = std::mem::take(&mut self.bytes);
        let label = self.label.split('*').next().unwrap_or_default();
        self.text.push_str(&charset::decode(&bytes, Some(label)));
    }

    fn into_text(mut self) -> String {
        self.flush();
        self.text
    }
}

fn same_charset(one: &str, other: &str) -> bool {
    let bare = |label: &'_ str| label.split('*').next().unwrap_or_default().to_ascii_lowercase();
    one == other || bare(one) == bare(other)
}

/// `_` is a space, `=C5` a byte; a fold inside the word is nothing, and what looks like a code and is none stays.
fn push_quoted(out: &mut Vec<u8>, payload: &str) {
    let bytes = payload.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'_' => out.push(b' '),
            b'\r' | b'\n' => at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
            b'=' => match (hex(bytes.get(at)), hex(bytes.get(at + 1))) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 2;
                }
                // A soft line break that was folded with the word.
                _ if bytes.get(at).is_some_and(u8::is_ascii_whitespace) => {}
                _ => out.push(b'='),
            },
            _ => out.push(*byte),
        }
    }
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    char::from(*byte?).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_in_all_the_shapes_they_come_in() {
        let cases = [
            ("=?utf-8?Q?Sipari=C5=9F?=", "Sipariş"),
            ("=?UTF-8?B?U2lwYXJpxZ8=?=", "Sipariş"),
            ("=?utf-8?q?sipari=c5=9f_no?= 5", "sipariş no 5"),
            ("=?iso-8859-9?Q?=FE=F0=FD?=", "şğı"),
            ("=?utf-8*tr?Q?=C5=9F?=", "ş"),
            ("=?utf-8?Q?a=C5?=\r\n =?utf-8?Q?=9Fk?= son", "aşk son"),
            ("=?utf-8?B?xZ8=?= =?utf-8?Q?=C5=9F?=", "şş"),
            ("=?utf-8?B?xZ/F?= =?UTF-8?B?n8Wf?=", "şşş"),
            ("=?utf-8?Q?a?= =?iso-8859-9?Q?=FE?=", "aş"),
            ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
            ("al=?utf-8?Q?=C4=B1nd=C4=B1?=!", "alındı!"),
            ("\"=?utf-8?Q?=C5=9Eule?=\" <a@b>", "\"Şule\" <a@b>"),
            ("=?utf-8?Q?iki kelime=C5=9F?=", "iki kelimeş"),
            ("=? utf-8 ? Q ?=C5=9F?=", "ş"),
            ("=?utf-8?Q?Nas=C4=B1l?=?=", "Nasıl?="),
            ("=?utf-8?Q?Ne?=C5=9F?=", "Ne?ş"),
            ("=?utf-8?Q?=C5=9F", "ş"),
            ("=?utf-8?Q?=C5=9F?", "ş"),
            ("=?utf-8?B?xZ8=", "ş"),
            ("=?utf-8?B?xZ8", "ş"),
            ("=?utf-8?B?xZ8=? son", "ş son"),
            ("=?utf-8?Q?=C5=9F <a@b>", "ş <a@b>"),
            ("=?utf-8?B?xZ8 =?utf-8?B?xZ8=?=", "şş"),
            ("=?klingon?Q?=C5=9F?=", "ş"),
            ("=??Q?=FE?=", "ş"),
            ("=?utf-8?Q?a=3Db=ZZ=?=", "a=b=ZZ="),
            ("=?utf-8?Q?=3D=3Futf-8=3FQ=3F=3DC5=3D9F=3F=3D?=", "ş"),
            ("=?utf-8?Q?uzun=\r\n sat=C4=B1r?=", "uzunsatır"),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("a =? b ?= c", "a =? b ?= c"),
            ("5 =? 3", "5 =? 3"),
            ("=?utf-8?Q??=", ""),
        ];
        for (value, text) in cases {
            assert_eq!(decode(value), text, "{value}");
        }
    }
}
