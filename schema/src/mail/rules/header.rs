//! The header lines of a message, read leniently from bytes.
//!
//! Broken lines are passed over, folded lines are joined, encoded words are decoded. Nothing here fails: a
//! header that makes no sense is an absent header.

use super::charset;

/// Bytes of one header value that are looked at; the rest is ignored.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Encoded words in one value; past it the value is taken as it stands, because decoding costs a look at
/// the whole line for each of them.
const WORDS_MAX: usize = 500;

/// The header block of a message or of one part.
pub(super) struct Headers<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Headers<'a> {
    /// Reads lines until the first empty one.
    pub(super) fn of(raw: &'a [u8]) -> Headers<'a> {
        let mut lines: Vec<(&[u8], &[u8])> = Vec::new();
        let mut rest = raw;
        while let Some((line, after)) = next_field(rest) {
            rest = after;
            if let Some(colon) = line.iter().position(|byte| *byte == b':') {
                lines.push((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()));
            }
        }
        Headers(lines)
    }

    /// The raw value of the first field of that name.
    pub(super) fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.raw_all(name).next()
    }

    /// The raw values of all fields of that name, in their order.
    pub(super) fn raw_all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| &value[..value.len().min(VALUE_BYTES_MAX)])
    }

    /// The decoded, unfolded value of the first field of that name, free of control characters.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(decode)
    }

    /// The value in lower case without comments after `;`, for fields that hold one keyword.
    pub(super) fn keyword(&self, name: &str) -> Option<String> {
        let value = self.text(name)?;
        Some(value.split([';', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }
}

/// A value as people read it: charset guessed, encoded words decoded, folds joined, controls removed.
pub(super) fn decode(raw: &[u8]) -> String {
    let text = charset::guess(raw);
    let decoded = match field(&text) {
        Some(line) => with_parsed(&line, |header| header.get_value()),
        None => None,
    };
    super::address::clean_header(decoded.as_deref().unwrap_or(&text))
}

/// Hands the value to the mail parser as if it stood in a UTF-8 message, which is what it reads best.
pub(super) fn with_parsed<T>(line: &str, look: impl FnOnce(&mailparse::MailHeader<'_>) -> T) -> Option<T> {
    let (header, _) = mailparse::parse_header(line.as_bytes()).ok()?;
    Some(look(&header))
}

/// `X: value`, with neighbouring encoded words joined; `None` when the value is not worth decoding.
pub(super) fn field(value: &str) -> Option<String> {
    if value.matches("=?").count() > WORDS_MAX {
        return None;
    }
    Some(format!("X: {}", charset::join_words(value)))
}

/// The next logical line (folded lines included) and what follows it; `None` at the empty line.
fn next_field(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = line_end(raw, 0)?;
    if raw[..end].trim_ascii().is_empty() {
        return None;
    }
    while raw.get(end).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
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
    Some(raw[from..].iter().position(|byte| *byte == b'\n').map_or(raw.len(), |at| from + at + 1))
}
