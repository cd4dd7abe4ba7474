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

/// The message as the parser can read it. One that is handed over is put right where it stands, one that is only shown is
/// copied where something had to be put right.
///
/// # Errors
/// The cause for which the message must not be parsed.
pub(crate) fn mended<'a>(raw: Cow<'a, [u8]>, bounds: &Bounds) -> Result<Cow<'a, [u8]>, Unreadable> {
    let raw = with_line_ends(raw);
    let edits = scan(&raw, bounds)?;
    if edits.is_empty() {
        return Ok(raw);
    }
    let growth = edits.iter().map(|edit| edit.text.len()).sum();
    let mut raw = match raw {
        Cow::Owned(raw) => raw,
        Cow::Borrowed(raw) => {
            let mut copy = Vec::with_capacity(raw.len() + growth);
            copy.extend_from_slice(raw);
            copy
        }
    };
    apply(&edits, &mut raw, growth);
    Ok(Cow::Owned(raw))
}

/// Moves everything to the end of the buffer and writes it anew from the front: what is written never reaches what is
/// still to be read, since the gap is as long as all that can be added.
fn apply(edits: &[Edit], raw: &mut Vec<u8>, growth: usize) {
    let length = raw.len();
    raw.reserve_exact(growth);
    raw.resize(length + growth, 0);
    raw.copy_within(..length, growth);
    let (mut read, mut written) = (0, 0);
    let keep = |raw: &mut Vec<u8>, written: &mut usize, range: Range<usize>| {
        let kept = range.len();
        raw.copy_within(range.start + growth..range.end + growth, *written);
        *written += kept;
    };
    for edit in edits.iter().filter(|edit| edit.range.end <= length) {
        if edit.range.start >= read {
            keep(raw, &mut written, read..edit.range.start);
            raw[written..written + edit.text.len()].copy_from_slice(&edit.text);
            written += edit.text.len();
            read = edit.range.end;
        }
    }
    keep(raw, &mut written, read..length);
    raw.truncate(written);
}

/// Old Macintosh programs end lines with a bare return, broken gateways with two of them.
fn with_line_ends(raw: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr2(b'\r', b'\n', &raw) else { return raw };
    let start = &raw[first..];
    if start.starts_with(b"\r\r\n") {
        let mut raw = raw.into_owned();
        drop_doubled_returns(&mut raw);
        return Cow::Owned(raw);
    }
    if start.starts_with(b"\r") && !start.starts_with(b"\r\n") && memchr::memchr(b'\n', start).is_none() {
        let mut raw = raw.into_owned();
        raw.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        return Cow::Owned(raw);
    }
    raw
}

fn drop_doubled_returns(raw: &mut Vec<u8>) {
    let mut written = 0;
    for at in 0..raw.len() {
        if !raw[at..].starts_with(b"\r\r\n") {
            raw[written] = raw[at];
            written += 1;
        }
    }
    raw.truncate(written);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(raw: &str) -> Vec<String> {
        let shown = mended(Cow::Borrowed(raw.as_bytes()), &Bounds::default()).unwrap();
        let mended = mended(Cow::Owned(raw.as_bytes().to_vec()), &Bounds::default()).unwrap();
        assert_eq!(shown, mended);
        let mail = mailparse::parse_mail(&mended).unwrap();
        let leaves = mail.parts().filter(|part| part.subparts.is_empty());
        leaves.map(|part| part.get_body().unwrap().trim().to_owned()).collect()
    }

    #[test]
    fn a_sound_message_is_not_copied() {
        let raw = b"Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
        assert!(matches!(mended(Cow::Borrowed(raw), &Bounds::default()), Ok(Cow::Borrowed(_))));
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
