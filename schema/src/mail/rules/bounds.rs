//! Looks over a raw message once, without recursion and without copying, before any parser sees it.
//!
//! Mail from strangers may nest a hundred thousand parts or carry a million of them. The scan follows the
//! boundary lines the way the parser will and refuses what would cost it too much depth, memory or time.

use super::read::Unreadable;

/// Multiparts inside multiparts. Real mail has three or four.
const DEPTH_MAX: usize = 30;
/// Boundary lines in one message.
const PARTS_MAX: usize = 1_000;
/// Header fields and bytes of headers in one message, over all its parts.
const HEADER_LINES_MAX: usize = 10_000;
const HEADER_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of one `Content-Type`; decoding it costs the square of its length.
const CONTENT_TYPE_BYTES_MAX: usize = 16 * 1024;
/// A boundary is at most 70 characters by RFC 2046; a longer one is a mistake or an attack.
const BOUNDARY_BYTES_MAX: usize = 1_000;

/// # Errors
/// The cause for which the message must not be parsed.
pub(super) fn check(raw: &[u8]) -> Result<(), Unreadable> {
    let mut scan = Scan::default();
    raw.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| scan.line(line))
}

#[derive(Default)]
struct Scan {
    boundaries: Vec<Vec<u8>>,
    parts: usize,
    header_lines: usize,
    header_bytes: usize,
    is_in_body: bool,
    content_type: Vec<u8>,
    is_folding_content_type: bool,
}

impl Scan {
    fn line(&mut self, line: &[u8]) -> Result<(), Unreadable> {
        if line.starts_with(b"--") && self.is_boundary(line) {
            return self.start_part();
        }
        if self.is_in_body {
            return Ok(());
        }
        if matches!(line, b"\n" | b"\r\n") {
            return self.end_headers();
        }
        self.header_line(line)
    }

    /// An outer boundary ends all that stand inside it, as it does for the parser.
    fn is_boundary(&mut self, line: &[u8]) -> bool {
        let found = self.boundaries.iter().position(|boundary| line[2..].starts_with(boundary));
        if let Some(level) = found {
            let is_last = line[2 + self.boundaries[level].len()..].starts_with(b"--");
            self.boundaries.truncate(if is_last { level } else { level + 1 });
            self.is_in_body = is_last;
        }
        found.is_some()
    }

    fn start_part(&mut self) -> Result<(), Unreadable> {
        self.content_type.clear();
        self.is_folding_content_type = false;
        self.parts += 1;
        if self.parts > PARTS_MAX { Err(Unreadable::TooManyParts) } else { Ok(()) }
    }

    fn header_line(&mut self, line: &[u8]) -> Result<(), Unreadable> {
        self.header_lines += 1;
        self.header_bytes += line.len();
        if self.header_lines > HEADER_LINES_MAX || self.header_bytes > HEADER_BYTES_MAX {
            return Err(Unreadable::HeadersTooLarge);
        }
        let is_fold = matches!(line.first(), Some(b' ' | b'\t'));
        if !is_fold {
            self.is_folding_content_type = is_content_type(line) && self.content_type.is_empty();
        }
        if self.is_folding_content_type {
            self.content_type.extend_from_slice(line);
        }
        let is_long = self.content_type.len() > CONTENT_TYPE_BYTES_MAX;
        if is_long { Err(Unreadable::HeadersTooLarge) } else { Ok(()) }
    }

    fn end_headers(&mut self) -> Result<(), Unreadable> {
        self.is_in_body = true;
        let value = std::mem::take(&mut self.content_type);
        let Some(colon) = value.iter().position(|byte| *byte == b':') else { return Ok(()) };
        let parsed = mailparse::parse_content_type(&super::header::decode(&value[colon + 1..]));
        let Some(boundary) = parsed.params.get("boundary") else { return Ok(()) };
        if !parsed.mimetype.starts_with("multipart") || boundary.len() > BOUNDARY_BYTES_MAX {
            return Ok(());
        }
        self.boundaries.push(boundary.clone().into_bytes());
        if self.boundaries.len() > DEPTH_MAX { Err(Unreadable::TooDeep) } else { Ok(()) }
    }
}

fn is_content_type(line: &[u8]) -> bool {
    line.iter()
        .position(|byte| *byte == b':')
        .is_some_and(|colon| line[..colon].trim_ascii().eq_ignore_ascii_case(b"content-type"))
}
