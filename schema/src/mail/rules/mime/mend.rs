//! Bytes put right before the parser sees them: line ends, and the places the scan wrote down.

use std::borrow::Cow;
use std::ops::Range;

use super::super::bounds::Bounds;
use super::super::read::Unreadable;
use super::scan::scan;

/// Bytes to stand in the place of others.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: Vec<u8>,
}

impl Edit {
    pub(super) fn insert(at: usize, text: &[u8]) -> Edit {
        Edit { range: at..at, text: text.to_vec() }
    }
}

/// The message as the parser can read it; copied only where something had to be put right.
///
/// # Errors
/// The cause for which the message must not be parsed.
pub(crate) fn mended<'a>(raw: &'a [u8], bounds: &Bounds) -> Result<Cow<'a, [u8]>, Unreadable> {
    let raw = with_line_ends(raw);
    let edits = scan(&raw, bounds)?;
    if edits.is_empty() {
        return Ok(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in edits.iter().filter(|edit| edit.range.end <= raw.len()) {
        if edit.range.start >= at {
            out.extend_from_slice(&raw[at..edit.range.start]);
            out.extend_from_slice(&edit.text);
            at = edit.range.end;
        }
    }
    out.extend_from_slice(&raw[at..]);
    Ok(Cow::Owned(out))
}

/// Old Macintosh programs end lines with a bare return, broken gateways with two of them.
fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr2(b'\r', b'\n', raw) else { return Cow::Borrowed(raw) };
    let start = &raw[first..];
    if start.starts_with(b"\r\r\n") {
        return Cow::Owned(without_doubled_returns(raw));
    }
    if start.starts_with(b"\r") && !start.starts_with(b"\r\n") && memchr::memchr(b'\n', start).is_none() {
        return Cow::Owned(raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect());
    }
    Cow::Borrowed(raw)
}

fn without_doubled_returns(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    for (at, byte) in raw.iter().enumerate() {
        if !raw[at..].starts_with(b"\r\r\n") {
            out.push(*byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(raw: &str) -> Vec<String> {
        let mended = mended(raw.as_bytes(), &Bounds::default()).unwrap();
        let mail = mailparse::parse_mail(&mended).unwrap();
        let leaves = mail.parts().filter(|part| part.subparts.is_empty());
        leaves.map(|part| part.get_body().unwrap().trim().to_owned()).collect()
    }

    #[test]
    fn a_sound_message_is_not_copied() {
        let raw = b"Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
        assert!(matches!(mended(raw, &Bounds::default()), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn boundaries_that_begin_alike_are_told_apart() {
        let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b1\n\n\
            --b1\n\none\n--b1\n\ntwo\n--b1--\n--b\n\nthree\n--bx no boundary\n--b--\n";
        assert_eq!(parts(raw), ["one", "two", "three\n--bx no boundary"]);
    }

    #[test]
    fn a_boundary_that_is_missing_or_wrong_is_found_in_the_body() {
        for head in [
            "Content-Type: multipart/mixed",
            "Content-Type: multipart/mixed; boundary=other",
            "Content-Type: multipart/mixed boundary=b",
            "Content-Type: multipart/mixed; boundary=\"b",
            "Content-Type: multipart/mixed; boundary*=us-ascii''b",
            "Content-Type: multipart/mixed; boundary=\"b \"",
        ] {
            let raw = format!("{head}\n\npreamble\n--b\nX: y\n\none\n--b\n\ntwo\n--b--\n");
            assert_eq!(parts(&raw), ["one", "two"], "{head}");
        }
    }

    #[test]
    fn a_part_may_begin_with_its_text() {
        let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\none: is no header\nand two\n--b\n\nthree\n--b--\n";
        assert_eq!(parts(raw), ["", "three"], "a name and a colon make a header");
        assert_eq!(parts(&raw.replace("one: is", "one is")), ["one is no header\nand two", "three"]);
        assert_eq!(parts(&raw.replace("one: is no", " X: y\nX-Y:")), ["", "three"]);
    }

    #[test]
    fn headers_the_parser_stops_at_are_passed_over() {
        for raw in [
            " X: y\nSubject: z\n\none",
            "X\n Y: z\n\none",
            "X: y\n__\n  z\nSubject: a\n\none",
            "X: y\n\r \nA: b\n\none",
        ] {
            assert_eq!(parts(raw), ["one"], "{raw:?}");
        }
        let raw = "Content-Type: multipart/mixed; boundary=b\nX: y\n--b\n\none\n--b--\n";
        assert_eq!(parts(raw), ["one"], "the empty line is missing");
    }

    #[test]
    fn returns_alone_and_doubled_end_lines_too() {
        assert_eq!(parts("Subject: x\r\rone\rtwo"), ["one\ntwo"]);
        assert_eq!(parts("Subject: x\r\r\n\r\r\none\r\r\n"), ["one"]);
        assert_eq!(parts("Subject: x\r\n\rY: z\r\n\r\none"), ["one"]);
    }
}
