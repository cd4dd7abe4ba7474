//! Files that old programs write into the text: uuencode, `begin 644 name` … `end`.

use std::borrow::Cow;

use memchr::memmem;

use super::transfer;

/// Files taken out of one text.
const FILES_MAX: usize = 100;

/// A file that may be moved while it grows.
const SMALL_BYTES_MAX: usize = 64 * 1024;

/// A file found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UuFile {
    /// In the charset of the text around it.
    pub(super) name: Vec<u8>,
    pub(super) content: Vec<u8>,
}

/// The bytes of a text without its files, and the files. Of a text that has any no more than `bytes_max` is copied.
pub(super) fn extract(text: Cow<'_, [u8]>, bytes_max: usize) -> (Cow<'_, [u8]>, Vec<UuFile>) {
    let (mut kept, mut files, mut from, mut at) = (Vec::new(), Vec::new(), 0, 0);
    let keep = |kept: &mut Vec<u8>, more: &[u8]| {
        kept.extend_from_slice(&more[..more.len().min(bytes_max - kept.len())]);
    };
    while files.len() < FILES_MAX {
        let Some(begin) = next_begin(&text, at) else { break };
        match file(&text[begin..]) {
            Some((found, length)) => {
                keep(&mut kept, &text[from..begin]);
                files.push(found);
                from = begin + length;
                at = from;
            }
            None => at = begin + "begin".len(),
        }
    }
    if files.is_empty() {
        return (text, files);
    }
    keep(&mut kept, &text[from..]);
    (Cow::Owned(kept), files)
}

/// The bytes of a part whose transfer encoding is uuencode.
pub(super) fn body(raw: &[u8]) -> Option<Vec<u8>> {
    file(&raw[next_begin(raw, 0)?..]).map(|(found, _)| found.content)
}

/// The next line that begins so.
fn next_begin(text: &[u8], from: usize) -> Option<usize> {
    if from == 0 && text.starts_with(b"begin") {
        return Some(0);
    }
    memmem::find(&text[from..], b"\nbegin").map(|at| from + at + 1)
}

/// The file that begins here and its length in the text.
fn file(text: &[u8]) -> Option<(UuFile, usize)> {
    let end = memchr::memchr(b'\n', text)?;
    let mut words = text[..end].trim_ascii_end().splitn(3, |byte| *byte == b' ');
    let (begin, mode, name) = (words.next()?, words.next()?, words.next()?.trim_ascii());
    let is_mode = (3..=4).contains(&mode.len()) && mode.iter().all(|byte| (b'0'..=b'7').contains(byte));
    if !is_mode || name.is_empty() {
        return None;
    }
    let rest = &text[end + 1..];
    let (content, length) = match begin {
        b"begin" => lines(rest)?,
        b"begin-base64" => base64(rest)?,
        _ => return None,
    };
    Some((UuFile { name: name.to_vec(), content }, end + 1 + length))
}

fn lines(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut content, mut length, mut is_small) = (Vec::new(), 0, true);
    for whole in text.split_inclusive(|byte| *byte == b'\n') {
        let line = whole.strip_suffix(b"\n").unwrap_or(whole);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        length += whole.len();
        if line == b"end" {
            return Some((content, length));
        }
        decode_line(line, &mut content)?;
        if is_small && content.len() > SMALL_BYTES_MAX {
            // A large file is not moved again and again while it grows.
            content.reserve_exact(text.len() / 4 * 3);
            is_small = false;
        }
    }
    None
}

/// The first sign is the number of bytes, then four signs stand for three bytes; spaces at the end may be lost.
fn decode_line(line: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let Some((first, signs)) = line.split_first() else { return Some(()) };
    let count = usize::from(first.wrapping_sub(b' ') & 0x3F);
    let is_sound =
        line.iter().all(|sign| (b' '..=b'`').contains(sign)) && signs.len() <= count.div_ceil(3) * 4 + 1;
    if !is_sound {
        return None;
    }
    let sign = |at: usize| signs.get(at).map_or(0, |sign| sign.wrapping_sub(b' ') & 0x3F);
    let start = out.len();
    for group in (0..count.div_ceil(3) * 4).step_by(4) {
        let (a, b, c, d) = (sign(group), sign(group + 1), sign(group + 2), sign(group + 3));
        out.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    out.truncate(start + count);
    Some(())
}

/// Lines of base64 up to the one of four `=`. Any other line ends the search, so that a text of nothing but beginnings
/// is looked through once.
fn base64(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let is_sound = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut length = 0;
    for whole in text.split_inclusive(|byte| *byte == b'\n') {
        let line = whole.trim_ascii_end();
        if line == b"====" {
            return Some((transfer::base64(&text[..length]), length + whole.len()));
        }
        if !line.iter().all(is_sound) {
            return None;
        }
        length += whole.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_out_of_the_text() {
        let extract = |text: &'static str| extract(Cow::Borrowed(text.as_bytes()), 100);
        let (text, files) = extract("üst\nbegin 644 not.txt\n#0V%T\n`\nend\nalt");
        assert_eq!(&*text, "üst\nalt".as_bytes());
        assert_eq!(files, [UuFile { name: "not.txt".into(), content: b"Cat".to_vec() }]);
        let (text, files) = extract("begin-base64 644 a b.txt\nQ2F0\n====\n");
        assert_eq!((&*text, files[0].content.as_slice()), (b"".as_slice(), b"Cat".as_slice()));
        let (text, _) = super::extract(Cow::Borrowed(b"one\nbegin 644 a\n`\nend\ntwo"), 6);
        assert_eq!(&*text, b"one\ntw");
    }

    #[test]
    fn words_that_begin_a_sentence_are_no_file() {
        for plain in [
            "begin 644 x",
            "begin işe\nend",
            "begin 644 x\nnot uuencoded: ğ\nend",
            "begin 999 x\n`\nend",
            "beginner",
        ] {
            assert_eq!(
                extract(Cow::Borrowed(plain.as_bytes()), 100),
                (Cow::Borrowed(plain.as_bytes()), vec![])
            );
        }
    }
}
