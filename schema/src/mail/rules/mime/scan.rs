//! Looks over a raw message once, without recursion and without copying, before the parser sees it.
//!
//! Mail from strangers may nest a hundred thousand parts or carry a million of them. The scan follows the
//! boundary lines, refuses what would cost the parser too much, and writes down what the parser would take
//! wrongly, for `mend` to put right:
//!
//! - a boundary that other lines begin with (`--b` and `--b1`), which the parser cannot tell apart;
//! - a boundary that is missing, misspelt, or read otherwise by the parser;
//! - a part that begins with its text instead of its headers, and header lines the parser stops at.

use std::ops::Range;

use super::super::bounds::Bounds;
use super::super::charset;
use super::super::header::params::Params;
use super::super::read::Unreadable;
use super::mend::Edit;

/// Bytes of one `Content-Type`; more is a mistake or an attack.
const CONTENT_TYPE_BYTES_MAX: usize = 16 * 1024;
/// A boundary is at most 70 characters by RFC 2046.
const BOUNDARY_BYTES_MAX: usize = 1_000;
/// How often a missing boundary is looked for in one message: each time may cost a look at all of it.
const SEARCHES_MAX: usize = 20;

/// # Errors
/// The cause for which the message must not be parsed.
pub(super) fn scan(raw: &[u8], bounds: &Bounds) -> Result<Vec<Edit>, Unreadable> {
    let mut scan = Scan::new(raw, bounds);
    let mut at = scan.headers(0)?;
    while !scan.open.is_empty() {
        match scan.next_delimiter(at)? {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(scan.edits())
}

/// A multipart: where it says what its boundary is, and where the boundary stands.
struct Multipart {
    field: Range<usize>,
    kind: String,
    boundary: Vec<u8>,
    lines: Vec<(Range<usize>, bool)>,
    is_doubtful: bool,
}

struct Scan<'a> {
    raw: &'a [u8],
    bounds: &'a Bounds,
    multiparts: Vec<Multipart>,
    /// The multiparts around the current line, the innermost last.
    open: Vec<usize>,
    edits: Vec<Edit>,
    parts: usize,
    header_lines: usize,
    header_bytes: usize,
    searches: usize,
}

impl<'a> Scan<'a> {
    fn new(raw: &'a [u8], bounds: &'a Bounds) -> Scan<'a> {
        Scan {
            raw,
            bounds,
            multiparts: Vec::new(),
            open: Vec::new(),
            edits: Vec::new(),
            parts: 0,
            header_lines: 0,
            header_bytes: 0,
            searches: 0,
        }
    }

    fn line(&self, at: usize) -> Range<usize> {
        at..memchr::memchr(b'\n', &self.raw[at..]).map_or(self.raw.len(), |end| at + end + 1)
    }

    /// Reads the headers of a part; gives the index at which its body begins.
    fn headers(&mut self, from: usize) -> Result<usize, Unreadable> {
        let mut content_type: Option<Range<usize>> = None;
        let (mut at, mut is_folding, mut has_name) = (from, false, false);
        while at < self.raw.len() {
            let line = self.line(at);
            let text = &self.raw[line.clone()];
            if matches!(text, b"\n" | b"\r\n") {
                at = line.end;
                break;
            }
            if text.starts_with(b"--") {
                // A boundary line ends the headers even when the empty line is missing.
                if self.level(text).is_none() {
                    self.edits.push(Edit::insert(at, b"\n"));
                }
                break;
            }
            self.count(text)?;
            if at == from && from > 0 && !self.is_header(&line) {
                self.edits.push(Edit::insert(at, b"\n"));
                return Ok(at);
            }
            let is_fold = matches!(text[0], b' ' | b'\t');
            self.mend_start(at, is_fold && !has_name, text);
            has_name = is_fold || memchr::memchr(b':', text).is_some();
            is_folding = if is_fold { is_folding } else { content_type.is_none() && is_content_type(text) };
            if is_folding {
                content_type = Some(content_type.map_or(at, |field| field.start)..line.end);
            }
            at = line.end;
        }
        match content_type {
            Some(field) => self.enter(field, at).map(|()| at),
            None => Ok(at),
        }
    }

    fn count(&mut self, line: &[u8]) -> Result<(), Unreadable> {
        self.header_lines += 1;
        self.header_bytes += line.len();
        let is_much = self.header_lines > self.bounds.header_lines_max
            || self.header_bytes > self.bounds.header_bytes_max;
        if is_much { Err(Unreadable::HeadersTooLarge) } else { Ok(()) }
    }

    /// The parser takes neither a fold with nothing before it nor a line that starts with a bare return.
    fn mend_start(&mut self, at: usize, is_loose: bool, line: &[u8]) {
        if is_loose {
            self.edits.push(Edit::insert(at, b"X-Fold:"));
        } else if line[0] == b'\r' {
            self.edits.push(Edit { range: at..at + 1, text: b" ".to_vec() });
        }
    }

    /// Whether the first line of a part looks like a header, or the part begins with its text.
    fn is_header(&self, line: &Range<usize>) -> bool {
        let text = &self.raw[line.clone()];
        if matches!(text[0], b' ' | b'\t') {
            let next = self.line(line.end.min(self.raw.len()));
            return has_field_name(&self.raw[next]);
        }
        has_field_name(text)
    }

    /// A part with a type: if it is a multipart, its boundary counts from here on.
    fn enter(&mut self, field: Range<usize>, body: usize) -> Result<(), Unreadable> {
        let text = &self.raw[field.clone()];
        if text.len() > CONTENT_TYPE_BYTES_MAX {
            return Err(Unreadable::HeadersTooLarge);
        }
        let value =
            charset::guess(&text[text.iter().position(|byte| *byte == b':').map_or(0, |at| at + 1)..]);
        if !value.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("multipart")) {
            return Ok(());
        }
        let params = Params::parse(&value);
        let declared = params.get("boundary").map(|boundary| boundary.trim_end().as_bytes().to_vec());
        let declared = declared.filter(|boundary| boundary.len() <= BOUNDARY_BYTES_MAX);
        let as_parsed = mailparse::parse_content_type(&super::super::header::decode(value.as_bytes()));
        let is_agreed = as_parsed.mimetype == params.value
            && as_parsed.params.get("boundary").map(|boundary| boundary.as_bytes()) == declared.as_deref();
        let Some((boundary, is_guessed)) = self.boundary(declared, body) else { return Ok(()) };
        self.multiparts.push(Multipart {
            field,
            kind: params.value,
            boundary,
            lines: Vec::new(),
            is_doubtful: is_guessed || !is_agreed,
        });
        self.open.push(self.multiparts.len() - 1);
        if self.open.len() > self.bounds.depth_max { Err(Unreadable::TooDeep) } else { Ok(()) }
    }

    /// The declared boundary when it occurs; otherwise the first line that looks like one.
    fn boundary(&mut self, declared: Option<Vec<u8>>, body: usize) -> Option<(Vec<u8>, bool)> {
        let rest = &self.raw[body..];
        if let Some(declared) = declared {
            let delimiter = [b"--", declared.as_slice()].concat();
            if self.searches >= SEARCHES_MAX || memchr::memmem::find(rest, &delimiter).is_some() {
                return Some((declared, false));
            }
        }
        self.searches += 1;
        if self.searches > SEARCHES_MAX {
            return None;
        }
        guessed(rest).map(|boundary| (boundary, true))
    }

    /// Goes to the next boundary line, and through the headers of the part it opens.
    fn next_delimiter(&mut self, from: usize) -> Result<Option<usize>, Unreadable> {
        let Some(at) = next_dashes(self.raw, from) else { return Ok(None) };
        let line = self.line(at);
        let Some((level, is_last)) = self.level(&self.raw[line.clone()]) else {
            return Ok(Some(line.end));
        };
        let multipart = self.open[level];
        self.multiparts[multipart].lines.push((line.clone(), is_last));
        // An outer boundary ends all that stand inside it.
        self.open.truncate(if is_last { level } else { level + 1 });
        self.parts += 1;
        if self.parts > self.bounds.parts_max {
            return Err(Unreadable::TooManyParts);
        }
        if is_last || line.end >= self.raw.len() {
            return Ok(Some(line.end));
        }
        self.headers(line.end).map(Some)
    }

    /// The multipart a boundary line belongs to, and whether the line ends it. Those it only seems to belong to
    /// are marked, because the parser would be deceived.
    fn level(&mut self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line[2..].trim_ascii_end();
        let mut found = None;
        for (level, multipart) in self.open.iter().enumerate().rev() {
            let multipart = &mut self.multiparts[*multipart];
            let Some(rest) = text.strip_prefix(multipart.boundary.as_slice()) else { continue };
            let is_exact = rest.is_empty() || rest == b"--";
            if is_exact && found.is_none() {
                found = Some((level, !rest.is_empty()));
            } else {
                multipart.is_doubtful = true;
            }
        }
        found
    }

    fn edits(mut self) -> Vec<Edit> {
        for (number, multipart) in self.multiparts.iter().enumerate() {
            if multipart.is_doubtful {
                self.edits.extend(multipart.renamed(number, self.raw));
            }
        }
        self.edits.sort_by_key(|edit| edit.range.start);
        self.edits
    }
}

impl Multipart {
    /// A boundary that nothing else begins with, in the header and on every line.
    fn renamed(&self, number: usize, raw: &[u8]) -> Vec<Edit> {
        let name = format!("=_mended/{number}/{}", raw.len());
        let field = format!("Content-Type: {}; boundary=\"{name}\"\r\n", self.kind);
        let mut edits = vec![Edit { range: self.field.clone(), text: field.into_bytes() }];
        for (line, is_last) in &self.lines {
            let end = if *is_last { "--" } else { "" };
            edits.push(Edit { range: line.clone(), text: format!("--{name}{end}\r\n").into_bytes() });
        }
        edits
    }
}

/// The start of the next line that begins with two dashes.
fn next_dashes(raw: &[u8], from: usize) -> Option<usize> {
    if raw.get(from..)?.starts_with(b"--") {
        return Some(from);
    }
    memchr::memmem::find(&raw[from..], b"\n--").map(|at| from + at + 1)
}

/// A line of dashes and a name, with a header or an empty line below it.
fn guessed(body: &[u8]) -> Option<Vec<u8>> {
    let mut from = 0;
    for _ in 0..SEARCHES_MAX {
        let at = next_dashes(body, from)?;
        let end = memchr::memchr(b'\n', &body[at..])? + at;
        let name = body[at + 2..end].trim_ascii_end();
        let below = &body[end + 1..];
        let below = &below[..memchr::memchr(b'\n', below).unwrap_or(below.len())];
        let is_above_part = below.trim_ascii().is_empty() || has_field_name(below);
        if is_above_part && (1..=BOUNDARY_BYTES_MAX).contains(&name.len()) && !name.contains(&b' ') {
            return Some(name.to_vec());
        }
        from = end + 1;
    }
    None
}

fn is_content_type(line: &[u8]) -> bool {
    memchr::memchr(b':', line)
        .is_some_and(|colon| line[..colon].trim_ascii().eq_ignore_ascii_case(b"content-type"))
}

/// `Name:` with a name as headers have it.
fn has_field_name(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    let name = line[..colon].trim_ascii_end();
    (1..=100).contains(&name.len())
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}
