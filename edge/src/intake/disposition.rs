//! Parameters of the `Content-Disposition` and `Content-Type` headers of multipart bodies.
//!
//! Browsers send UTF-8 between quotes; some libraries send non-ASCII file names as `filename*=UTF-8''…`. Both are
//! read. `\"` and `\\` are escapes; any other backslash stands for itself, as old browsers sent whole Windows paths.

/// What a part says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) name: Option<String>,
    /// `Some("")` is a file input in which nothing was chosen.
    pub(super) file_name: Option<String>,
}

impl Disposition {
    pub(super) fn parse(header: &[u8]) -> Self {
        let header = String::from_utf8_lossy(header);
        let extended = parameter(&header, "filename*").and_then(|value| decoded(&value));
        Self {
            name: parameter(&header, "name"),
            file_name: extended.or_else(|| parameter(&header, "filename")),
        }
    }
}

/// The first parameter called `wanted` (lower case) after the header's main value.
pub(super) fn parameter(header: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let key = key.rsplit(';').next().unwrap_or_default().trim();
        let (value, next) = value(after.trim_start());
        if key.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
    None
}

/// A token or quoted text, and what follows it.
fn value(text: &str) -> (String, &str) {
    match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted),
        None => {
            let end = text.find(';').unwrap_or(text.len());
            (text[..end].trim().to_owned(), text[end..].trim_start_matches(';'))
        }
    }
}

fn unquoted(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => {
                value.push(chars.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or(c, |(_, next)| next))
            }
            _ => value.push(c),
        }
    }
    (value, "")
}

/// An extended value (RFC 8187): charset, language and percent-encoded bytes between apostrophes.
fn decoded(extended: &str) -> Option<String> {
    let mut pieces = extended.splitn(3, '\'');
    let (charset, encoded) = (pieces.next()?, pieces.nth(1)?);
    let bytes = percent_decoded(encoded.as_bytes());
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => Some(String::from_utf8_lossy(&bytes).into_owned()),
        "iso-8859-1" => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        _ => None,
    }
}

fn percent_decoded(mut encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    while let Some((first, rest)) = encoded.split_first() {
        let escape = rest.first_chunk::<2>().filter(|_| *first == b'%').and_then(|digits| hex(*digits));
        bytes.push(escape.unwrap_or(*first));
        encoded = if escape.is_some() { &rest[2..] } else { rest };
    }
    bytes
}

fn hex(digits: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
}
