//! A value with parameters: `text/plain; charset=utf-8; name*=utf-8''…` (RFC 2045, RFC 2231).
//!
//! Read for what the sender meant: missing semicolons and quotes, comments, names with spaces, backslashes of
//! Windows paths, encoded words where none are allowed, continuations with gaps, a missing charset or language.

use super::super::charset;
use super::words;

/// Parameters of one value; a mail has three or four.
const PARAMS_MAX: usize = 100;
/// Pieces of one continued parameter.
const PIECES_MAX: usize = 1_000;

/// A field's value in lower case and its parameters, each name once.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub(crate) value: String,
    list: Vec<(String, String)>,
}

impl Params {
    /// Reads the undecoded text of a field; folds may stand in it.
    pub(crate) fn parse(text: &str) -> Params {
        let mut scan = Scan { rest: text };
        let value = scan.value().to_ascii_lowercase();
        let mut pieces: Vec<Piece> = Vec::new();
        while let Some((name, text)) = scan.parameter()
            && pieces.len() < PIECES_MAX
        {
            pieces.push(Piece::of(&name.to_ascii_lowercase(), text));
        }
        Params { value, list: joined(pieces) }
    }

    /// The decoded value of a parameter; blank ones do not count.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.list.iter().find(|(key, value)| key == name && !value.trim().is_empty());
        found.map(|(_, value)| value.as_str())
    }
}

/// Cuts a field into its value and its parameters.
struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    /// Up to the first semicolon, or to the space before a parameter that lacks one.
    fn value(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find([';', ',']).unwrap_or(text.len());
        let head = &text[..end];
        let end = match head.find('=') {
            Some(sign) => head[..sign].trim_end().rfind(char::is_whitespace).unwrap_or(0),
            None => end,
        };
        self.rest = &text[end..];
        text[..end].split(['(', ' ', '\t', '\r', '\n']).next().unwrap_or_default().trim_matches('"')
    }

    fn parameter(&mut self) -> Option<(&'a str, String)> {
        loop {
            let is_between = |c: char| c.is_whitespace() || matches!(c, ';' | ',');
            let text = self.rest.trim_start_matches(is_between);
            let end = text.find(['=', ';'])?;
            let name = text[..end].trim();
            self.rest = &text[end + 1..];
            if text.as_bytes()[end] == b'=' {
                // A comment or a stray word may stand before the name.
                let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
                return Some((name, self.argument(name)));
            }
        }
    }

    fn argument(&mut self, name: &str) -> String {
        let text = self.rest.trim_start();
        let (value, length) = match text.strip_prefix('"') {
            Some(inner) => quoted(inner, text),
            None => bare(text, is_file_name(name)),
        };
        self.rest = &text[length..];
        value
    }
}

fn is_file_name(name: &str) -> bool {
    let base = name.split('*').next().unwrap_or_default();
    base.eq_ignore_ascii_case("name") || base.eq_ignore_ascii_case("filename")
}

/// A quoted string and its length with the quotes. Without a closing quote it reaches to the next semicolon; a
/// quote in the middle of a name does not close it.
fn quoted(inner: &str, whole: &str) -> (String, usize) {
    let (mut value, mut signs) = (String::new(), inner.char_indices());
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' if is_closing(&inner[at + 1..]) => return (value, at + 2),
            // A backslash quotes a quote; before anything else it belongs to a Windows path.
            '\\' if inner[at + 1..].starts_with(['"', '\\']) => {
                value.extend(signs.next().map(|(_, sign)| sign))
            }
            _ => value.push(sign),
        }
    }
    let end = inner.find(';').unwrap_or(inner.len());
    (inner[..end].trim_end().to_owned(), whole.len() - inner.len() + end)
}

fn is_closing(after: &str) -> bool {
    let after = after.trim_start();
    after.is_empty()
        || after.starts_with([';', ',', '('])
        || after.split([';', '"']).next().is_some_and(|next| next.contains('='))
        || !after.contains('"')
}

/// An unquoted value: a name may hold spaces, all else ends at the first.
fn bare(text: &str, is_name: bool) -> (String, usize) {
    let from = words::run_at(text).map_or(0, |(_, length)| length);
    let is_end = |c: char| c == ';' || (!is_name && (c.is_whitespace() || c == ','));
    let end = text[from..].find(is_end).map_or(text.len(), |at| from + at);
    (text[..end].trim_end().trim_matches('\'').to_owned(), end)
}

/// One parameter as it stands in the field: `name*2*=…` is a piece of `name`.
struct Piece {
    base: String,
    place: usize,
    is_extended: bool,
    text: String,
}

impl Piece {
    fn of(name: &str, text: String) -> Piece {
        let (name, is_starred) = match name.strip_suffix('*') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (base, place) = match name.split_once('*').map(|(base, place)| (base, place.parse())) {
            Some((base, Ok(place))) => (base, place),
            Some((base, Err(_))) => (base, 0),
            None => (name, 0),
        };
        let is_continued = name.contains('*');
        Piece {
            base: base.to_owned(),
            place,
            is_extended: is_starred || is_continued,
            text: text_of(text, is_starred),
        }
    }
}

/// Extended text keeps its percent signs until its charset is known; a mark tells it from plain text.
fn text_of(text: String, is_starred: bool) -> String {
    if is_starred { format!("\u{1}{text}") } else { text }
}

/// Extended and continued forms win over a plain one of the same name, which is there for old programs.
fn joined(pieces: Vec<Piece>) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    for piece in &pieces {
        if list.len() >= PARAMS_MAX || list.iter().any(|(name, _)| *name == piece.base) {
            continue;
        }
        let mut parts: Vec<&Piece> =
            pieces.iter().filter(|part| part.base == piece.base && part.is_extended).collect();
        parts.sort_by_key(|part| part.place);
        let extended = extended(&parts);
        let plain = || {
            let plain = pieces.iter().find(|part| part.base == piece.base && !part.is_extended);
            plain.map(|part| plain_text(&part.text)).unwrap_or_default()
        };
        let value =
            if extended.is_empty() || extended.contains('\u{FFFD}') { plain() } else { extended.clone() };
        list.push((piece.base.clone(), if value.is_empty() { extended } else { value }));
    }
    list
}

/// The pieces of RFC 2231 as one run of bytes, so that a letter may be cut between two of them.
fn extended(parts: &[&Piece]) -> String {
    let mut bytes = Vec::new();
    let mut label = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part.text.strip_prefix('\u{1}') {
            Some(text) if at == 0 => {
                let (found, text) = labelled(text);
                label = found.to_owned();
                bytes.extend(percent_decoded(text));
            }
            Some(text) => bytes.extend(percent_decoded(text)),
            None => bytes.extend(part.text.as_bytes()),
        }
    }
    let text = charset::decode(&bytes, Some(&label));
    words::decode(&text).into_owned()
}

/// `charset'language'text`; the language and even the charset may be missing.
fn labelled(text: &str) -> (&str, &str) {
    let mut pieces = text.splitn(3, '\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(label), Some(_), Some(rest)) if label.is_empty() || charset::is_known(label) => (label, rest),
        (Some(label), Some(rest), None) if charset::is_known(label) => (label, rest),
        (Some(label), Some(_), Some(rest)) if !label.contains('%') && label.len() < 30 => ("", rest),
        _ => ("", text),
    }
}

/// Plain text may hide the other forms: encoded words, `utf-8''%C5%9F`, or bare percent signs.
fn plain_text(text: &str) -> String {
    let text = words::decode(text);
    if !text.contains('%') {
        return charset::repair(text.into_owned());
    }
    let (label, rest) = labelled(&text);
    let bytes = percent_decoded(rest);
    let is_marked = rest.len() < text.len() && !label.is_empty();
    match std::str::from_utf8(&bytes) {
        Ok(found) if is_marked || !found.is_ascii() && text.is_ascii() => found.to_owned(),
        _ if is_marked => charset::decode(&bytes, Some(label)),
        _ => text.into_owned(),
    }
}

/// `%C5%9F` as bytes; what is no code stays.
pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_found_in_all_the_shapes_it_comes_in() {
        let cases = [
            ("filename=\"fatura.pdf\"", "fatura.pdf"),
            ("filename=fatura.pdf", "fatura.pdf"),
            ("filename=Fatura Kasım 2026.pdf", "Fatura Kasım 2026.pdf"),
            ("filename=\"Fatura; Kasım.pdf\"", "Fatura; Kasım.pdf"),
            ("filename=\"a\\\"b.pdf\"", "a\"b.pdf"),
            ("filename=\"C:\\Belgeler\\fatura.pdf\"", "C:\\Belgeler\\fatura.pdf"),
            ("filename=\"fatura \"son\".pdf\"", "fatura \"son\".pdf"),
            ("filename=\"açık kalan.pdf", "açık kalan.pdf"),
            ("filename*=utf-8''%C5%9Fekil.png", "şekil.png"),
            ("filename*=UTF-8'tr'%C5%9Fekil.png", "şekil.png"),
            ("filename*=iso-8859-9''%FEekil.png", "şekil.png"),
            ("filename*=%C5%9Fekil.png", "şekil.png"),
            ("filename*=utf-8'%C5%9Fekil.png", "şekil.png"),
            ("filename*=klingon''%C5%9Fekil.png", "şekil.png"),
            ("filename*=\"utf-8''%C5%9Fekil.png\"", "şekil.png"),
            ("filename*0*=utf-8''%C5; filename*1*=%9Fekil; filename*2=.png", "şekil.png"),
            ("filename*1=kil.png; filename*0=se", "sekil.png"),
            ("filename*0=a; filename*2=c", "ac"),
            ("filename*0=\"=?utf-8?Q?=C5=9Fek\"; filename*1=\"il?=.png\"", "şekil.png"),
            ("filename=\"sekil.png\"; filename*=utf-8''%C5%9Fekil.png", "şekil.png"),
            ("filename=\"=?utf-8?B?xZ9la2lsLnBuZw==?=\"", "şekil.png"),
            ("filename==?utf-8?Q?=C5=9Fekil.png?=", "şekil.png"),
            ("filename=\"utf-8''%C5%9Fekil.png\"", "şekil.png"),
            ("filename=\"%C5%9Fekil.png\"", "şekil.png"),
            ("filename=\"%50 indirim.png\"", "%50 indirim.png"),
            ("size=5; filename = \"a b.png\" ; x=1", "a b.png"),
            ("filename=\"\"; filename=b.png", ""),
        ];
        for (text, name) in cases {
            let found = Params::parse(&format!("attachment; {text}"));
            assert_eq!(
                (found.value.as_str(), found.get("filename").unwrap_or_default()),
                ("attachment", name),
                "{text}"
            );
        }
    }

    #[test]
    fn a_type_is_read_with_what_stands_around_it() {
        let cases = [
            ("text/plain; charset=utf-8", "text/plain", "utf-8"),
            ("TEXT/PLAIN;charset=\"UTF-8\";format=flowed", "text/plain", "UTF-8"),
            ("text/plain charset=utf-8", "text/plain", "utf-8"),
            ("text/plain; charset=us-ascii (Plain text)", "text/plain", "us-ascii"),
            ("text/plain; charset=\"utf-8", "text/plain", "utf-8"),
            ("text/plain; charset=utf-8 format=flowed", "text/plain", "utf-8"),
            ("text/plain; charset", "text/plain", ""),
            ("text/html, charset=iso-8859-9", "text/html", "iso-8859-9"),
            ("charset=utf-8", "", "utf-8"),
            ("", "", ""),
            ("multipart/mixed;\r\n\tboundary=\"=_a;b\"; charset='utf-8'", "multipart/mixed", "utf-8"),
        ];
        for (text, value, charset) in cases {
            let found = Params::parse(text);
            assert_eq!(
                (found.value.as_str(), found.get("charset").unwrap_or_default()),
                (value, charset),
                "{text}"
            );
        }
        assert_eq!(Params::parse("multipart/mixed; boundary=\"=_a;b\"").get("boundary"), Some("=_a;b"));
        assert_eq!(Params::parse("multipart/mixed boundary=--x=y").get("boundary"), Some("--x=y"));
    }
}
