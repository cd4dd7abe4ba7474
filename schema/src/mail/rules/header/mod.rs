//! The header lines of a message, read leniently from bytes.
//!
//! Broken lines are passed over, folded lines are joined, encoded words are decoded. Nothing here fails: a
//! header that makes no sense is an absent header.
//!
//! | file | what it reads |
//! |---|---|
//! | `words` | encoded words (RFC 2047), also the broken ones |
//! | `params` | a value with parameters (RFC 2045, RFC 2231): types, dispositions, file names |

pub(super) mod params;
pub(super) mod words;

use encoding_rs::Encoding;

use super::charset;

/// Fields of one message that are looked at.
const FIELDS_MAX: usize = 10_000;
/// Bytes of one header value that are looked at; the rest is ignored.
const VALUE_BYTES_MAX: usize = 64 * 1024;

/// The header block of a message or of one part.
pub(super) struct Headers<'a> {
    fields: Vec<(&'a [u8], &'a [u8])>,
    /// How bytes beyond ASCII are read that are neither UTF-8 nor declared.
    hint: Option<&'static Encoding>,
}

impl<'a> Headers<'a> {
    /// Reads lines until the first empty one.
    pub(super) fn of(raw: &'a [u8]) -> Headers<'a> {
        let mut fields: Vec<(&[u8], &[u8])> = Vec::with_capacity(16);
        let mut rest = raw;
        while let Some((line, after)) = next_field(rest)
            && fields.len() < FIELDS_MAX
        {
            rest = after;
            if let Some(colon) = memchr::memchr(b':', line) {
                fields.push((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()));
            }
        }
        Headers { fields, hint: None }
    }

    /// Reads undeclared bytes as the body's charset says.
    pub(super) fn hinted(mut self, hint: Option<&'static Encoding>) -> Headers<'a> {
        self.hint = hint;
        self
    }

    /// The raw value of the first field of that name.
    pub(super) fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.raw_all(name).next()
    }

    /// The raw values of all fields of that name, in their order.
    pub(super) fn raw_all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| &value[..value.len().min(VALUE_BYTES_MAX)])
    }

    /// The decoded, unfolded value of the first field of that name, free of control characters.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|raw| self.decode(raw))
    }

    /// The value in lower case without comments after `;`, for fields that hold one keyword.
    pub(super) fn keyword(&self, name: &str) -> Option<String> {
        let value = self.text(name)?;
        Some(value.split([';', ' ', '\t', '(', ',']).next().unwrap_or_default().to_ascii_lowercase())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The names of all fields, as they are written.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().map(|(name, _)| *name)
    }

    /// A value's text before anything in it is decoded.
    pub(super) fn plain(&self, raw: &[u8]) -> String {
        charset::guess_with(raw, self.hint)
    }

    /// A value as people read it: charset guessed, encoded words decoded, folds joined, controls removed.
    pub(super) fn decode(&self, raw: &[u8]) -> String {
        let text = charset::repair(words::decode(&self.plain(raw)).into_owned());
        super::address::clean_header(&text)
    }
}

/// A value as people read it, where nothing else is known of its mail.
pub(super) fn decode(raw: &[u8]) -> String {
    Headers { fields: Vec::new(), hint: None }.decode(raw)
}

/// The next logical line (folded lines included) and what follows it; `None` at the empty line.
fn next_field(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = line_end(raw, 0)?;
    if raw[..end].trim_ascii().is_empty() {
        return None;
    }
    while raw.get(end).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        // A line of nothing but spaces ends the headers for some programs and folds them for others.
        match line_end(raw, end) {
            Some(next) => end = next,
            None => break,
        }
    }
    Some(raw.split_at(end))
}

/// The index after the line that starts at `from`; `None` when nothing is left.
fn line_end(raw: &[u8], from: usize) -> Option<usize> {
    if from >= raw.len() {
        return None;
    }
    Some(memchr::memchr(b'\n', &raw[from..]).map_or(raw.len(), |at| from + at + 1))
}
