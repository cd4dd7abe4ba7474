//! The encodings of mail: base64 and quoted-printable, in bodies and in header words.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest line these encodings may write.
const LINE_CHARS_MAX: usize = 76;

/// Base64 in lines.
#[must_use]
pub fn base64_lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(LINE_CHARS_MAX);
    lines.map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect()
}

/// Quoted-printable, whose long lines are broken softly. Lines of `text` end in CRLF.
#[must_use]
pub fn quoted_printable(text: &str) -> String {
    let lines = text.split("\r\n").map(|line| {
        let (mut out, mut width) = (String::new(), 0);
        for byte in line.bytes() {
            let piece = match byte {
                b' '..=b'~' if byte != b'=' => char::from(byte).to_string(),
                _ => format!("={byte:02X}"),
            };
            if width + piece.len() >= LINE_CHARS_MAX {
                out.push_str("=\r\n");
                width = 0;
            }
            width += piece.len();
            out.push_str(&piece);
        }
        out
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

/// A header's word in UTF-8.
#[must_use]
pub fn word_b(text: &str) -> String {
    format!("=?UTF-8?B?{}?=", STANDARD.encode(text))
}

/// A header's word in another charset, its text already encoded.
#[must_use]
pub fn word_q(charset: &str, text: &[u8]) -> String {
    let letters = text.iter().map(|byte| match byte {
        b' ' => "_".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("={byte:02X}"),
    });
    format!("=?{charset}?Q?{}?=", letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_mail_allows_and_every_line_keeps_its_end() {
        let text = format!("{}\r\nson = bitti", "ığüşöç ".repeat(30));
        let written = quoted_printable(&text);
        assert!(written.lines().all(|line| line.len() <= LINE_CHARS_MAX), "{written}");
        assert!(written.ends_with("\r\nson =3D bitti"));
        assert!(base64_lines(&[7; 500]).lines().all(|line| line.len() <= LINE_CHARS_MAX));
    }

    #[test]
    fn a_word_carries_the_bytes_of_its_charset() {
        assert_eq!(word_q("ISO-8859-9", b"\xDEule 1"), "=?ISO-8859-9?Q?=DEule_1?=");
        assert_eq!(word_b("Şule"), "=?UTF-8?B?xZ51bGU=?=");
    }
}
