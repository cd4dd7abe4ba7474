//! Transfer encodings, declared rightly, wrongly or not at all.
//!
//! A broken encoding gives what could be decoded, never nothing. Text under the wrong label is left as it is:
//! what has spaces in its lines is no base64, and a footer that a list added below base64 is text.

use std::borrow::Cow;

use base64::Engine as _;

/// How the bytes of a part are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Base64,
    Quoted,
    Uu,
    Plain,
    /// Nothing is declared.
    Missing,
}

/// Signs of base64 below which undeclared bytes are not taken for it.
const GUESSED_BYTES_MIN: usize = 40;

impl Encoding {
    /// By the declared name, whatever it is wrapped in.
    pub(crate) fn of(declared: Option<&str>) -> Encoding {
        let Some(name) = declared else { return Encoding::Missing };
        let name: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match name.as_str() {
            "" => Encoding::Missing,
            name if name.starts_with("base64") || name == "b64" => Encoding::Base64,
            name if name.starts_with("quoted") || name == "qp" => Encoding::Quoted,
            name if name.contains("uue") || name.contains("uuc") || name == "xuu" => Encoding::Uu,
            _ => Encoding::Plain,
        }
    }
}

/// The bytes of a part; `is_text` allows for text around and instead of the encoding.
pub(crate) fn decode(raw: &[u8], encoding: Encoding, is_text: bool) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::Base64 if is_text => base64_text(raw),
        Encoding::Base64 if is_hardly_base64(raw) => Cow::Borrowed(raw),
        Encoding::Base64 => Cow::Owned(base64(raw)),
        Encoding::Quoted => Cow::Owned(quoted(raw)),
        Encoding::Uu => super::uu::body(raw).map_or(Cow::Borrowed(raw), Cow::Owned),
        Encoding::Plain => Cow::Borrowed(raw),
        Encoding::Missing if is_surely_base64(raw, is_text) => Cow::Owned(base64(raw)),
        Encoding::Missing if is_text && is_surely_quoted(raw) => Cow::Owned(quoted(raw)),
        Encoding::Missing => Cow::Borrowed(raw),
    }
}

/// Digits that are decoded at once: whole groups of four.
const DIGITS_MAX: usize = 16 * 1024;

/// All that can be decoded. Other signs are passed over, padding in the middle only ends a group.
pub(crate) fn base64(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() / 4 * 3 + 3);
    let mut digits: Vec<u8> = Vec::with_capacity(DIGITS_MAX.min(raw.len()));
    for run in raw.split(|byte| *byte == b'=') {
        for byte in run.iter().copied().filter(is_digit) {
            digits.push(byte);
            if digits.len() == DIGITS_MAX {
                decode_digits(&mut digits, &mut out);
            }
        }
        decode_digits(&mut digits, &mut out);
    }
    out
}

fn decode_digits(digits: &mut Vec<u8>, out: &mut Vec<u8>) {
    let lenient = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    // The alphabet was checked and a lone digit removed, so that nothing is left to fail.
    let _nothing_left = lenient.decode_vec(&*digits, out);
    digits.clear();
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that filter asks for")]
fn is_digit(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Lines of base64, then whatever a list or a gateway put below them.
fn base64_text(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut end = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        if !text.iter().all(|byte| is_digit(byte) || *byte == b'=') || is_word(text) && end > 0 {
            break;
        }
        end += line.len();
    }
    let (encoded, footer) = raw.split_at(end);
    if encoded.trim_ascii().is_empty() {
        return Cow::Borrowed(raw);
    }
    let mut out = base64(encoded);
    if !footer.trim_ascii().is_empty() {
        out.push(b'\n');
        out.extend_from_slice(footer);
    }
    Cow::Owned(out)
}

/// A line after padding cannot be base64 any more; a short word of letters is none either.
fn is_word(line: &[u8]) -> bool {
    !line.is_empty()
        && !line.len().is_multiple_of(4)
        && line.len() < 20
        && line.iter().all(u8::is_ascii_alphabetic)
}

/// A file under the wrong label: one sign in four is foreign.
fn is_hardly_base64(raw: &[u8]) -> bool {
    let foreign = |byte: &&u8| !is_digit(byte) && **byte != b'=' && !byte.is_ascii_whitespace();
    raw.iter().filter(foreign).count() * 4 > raw.len()
}

/// Full lines of base64 and nothing else; for text what they say must be text as well.
fn is_surely_base64(raw: &[u8], is_text: bool) -> bool {
    let raw = raw.trim_ascii();
    let first = raw.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let is_sound = |byte: &u8| is_digit(byte) || matches!(byte, b'=' | b'\r' | b'\n');
    if raw.len() < GUESSED_BYTES_MIN
        || !first.len().is_multiple_of(4)
        || first.len() > 76
        || !raw.iter().all(is_sound)
    {
        return false;
    }
    let lines = || raw.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let is_even = lines().all(|line| line.len() <= first.len());
    let has_mixed_case = raw.iter().any(u8::is_ascii_lowercase) && raw.iter().any(u8::is_ascii_uppercase);
    let says_text = || std::str::from_utf8(&base64(raw)).is_ok_and(|text| !text.contains(is_strange));
    is_even && has_mixed_case && if is_text { says_text() } else { first.len() >= 60 }
}

fn is_strange(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\r' | '\n' | '\t')
}

/// Every `=` is a code or a soft line end, and the codes make letters that ASCII does not have.
fn is_surely_quoted(raw: &[u8]) -> bool {
    if !raw.is_ascii() || !raw.contains(&b'=') {
        return false;
    }
    let is_code = |rest: &[u8]| rest.len() >= 2 && rest[..2].iter().all(u8::is_ascii_hexdigit);
    let is_soft = |rest: &[u8]| matches!(rest, [] | [b'\n', ..] | [b'\r', b'\n', ..]);
    let codes = raw.split(|byte| *byte == b'=').skip(1).count();
    let mut at = 0;
    while let Some(sign) = memchr::memchr(b'=', &raw[at..]) {
        at += sign + 1;
        if !is_code(&raw[at..]) && !is_soft(&raw[at..]) {
            return false;
        }
    }
    let decoded = quoted(raw);
    codes >= 2
        && std::str::from_utf8(&decoded).is_ok_and(|text| !text.is_ascii() && !text.contains(is_strange))
}

/// Quoted-printable; what looks like a code and is none stays as it stands.
pub(crate) fn quoted(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(sign) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(&rest[..sign]);
        rest = &rest[sign + 1..];
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match (hex(rest), &rest[spaces..]) {
            (Some(byte), _) => {
                out.push(byte);
                rest = &rest[2..];
            }
            (None, [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => rest = after,
            (None, []) => rest = &[],
            (None, _) => out.push(b'='),
        }
    }
    out.extend_from_slice(rest);
    out
}

fn hex(rest: &[u8]) -> Option<u8> {
    let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str, declared: Option<&str>) -> String {
        String::from_utf8(decode(raw.as_bytes(), Encoding::of(declared), true).into_owned()).unwrap()
    }

    #[test]
    fn the_declared_encoding_is_known_whatever_it_is_wrapped_in() {
        for name in ["base64", "BASE64", "Base-64", "\"base64\"", "base64;", " base64 "] {
            assert_eq!(text("xZ8=", Some(name)), "ş", "{name}");
        }
        for name in ["quoted-printable", "Quoted Printable", "quoted_printable"] {
            assert_eq!(text("=C5=9F", Some(name)), "ş", "{name}");
        }
        for name in ["7bit", "8-bit", "binary", "utf-8", "none"] {
            assert_eq!(text("=C5=9F =C5=9F", Some(name)), "=C5=9F =C5=9F", "{name}");
        }
    }

    #[test]
    fn broken_base64_gives_what_it_holds() {
        assert_eq!(base64(b"QUJ D\r\nRA=="), b"ABCD");
        assert_eq!(base64(b"QUI=QUI="), b"ABAB", "padding in the middle");
        assert_eq!(base64(b"QUJDR"), b"ABC", "a digit that makes no byte");
        assert_eq!(base64(b"*Q*U*J*D"), b"ABC");
    }

    #[test]
    fn text_that_is_no_base64_stays_text() {
        assert_eq!(text("Merhaba, nasılsınız?", Some("base64")), "Merhaba, nasılsınız?");
        assert_eq!(text("bWVyaGFiYQ==\n____\nListe notu", Some("base64")), "merhaba\n____\nListe notu");
    }

    #[test]
    fn quoted_printable_is_read_leniently() {
        assert_eq!(quoted(b"a=\r\nb=  \nc=3dd=XYe=\n"), b"abc=d=XYe");
        assert_eq!(quoted(b"a=3"), b"a=3");
        assert_eq!(quoted(b"a="), b"a");
    }

    #[test]
    fn an_undeclared_encoding_is_guessed_only_when_it_is_sure() {
        let long = "Merhaba, siparişim hâlâ gelmedi. Ne zaman gelir acaba?";
        let encoded = base64::engine::general_purpose::STANDARD.encode(long);
        assert_eq!(text(&encoded, None), long);
        assert_eq!(text("Sipari=C5=9Fim gelmedi, ba=C5=9Fka=\n yok", None), "Siparişim gelmedi, başka yok");
        for plain in [
            "a=b=C3",
            "https://x.test/?id=AB&k=CD",
            "abcdefgh",
            "YWJj",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(text(plain, None), plain);
        }
    }
}
