//! Files that old programs write into the text: uuencode, `begin 644 name` … `end`.

use super::transfer;

/// Files taken out of one text.
const FILES_MAX: usize = 100;

/// A file found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UuFile {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

/// The text without its files, and the files.
pub(super) fn extract(text: &str) -> (String, Vec<UuFile>) {
    let (mut kept, mut files, mut rest) = (String::new(), Vec::new(), text);
    while files.len() < FILES_MAX {
        let Some(at) = next_begin(rest) else { break };
        match file(&rest[at..]) {
            Some((found, length)) => {
                kept.push_str(&rest[..at]);
                files.push(found);
                rest = &rest[at + length..];
            }
            None => {
                let end = at + "begin".len();
                kept.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    kept.push_str(rest);
    (kept, files)
}

/// The bytes of a part whose transfer encoding is uuencode.
pub(super) fn body(raw: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(raw);
    let at = next_begin(&text)?;
    file(&text[at..]).map(|(found, _)| found.content)
}

fn next_begin(text: &str) -> Option<usize> {
    if text.starts_with("begin") {
        return Some(0);
    }
    text.find("\nbegin").map(|at| at + 1)
}

/// The file that begins here and its length in the text.
fn file(text: &str) -> Option<(UuFile, usize)> {
    let (first, _) = text.split_once('\n')?;
    let mut words = first.trim_end().splitn(3, ' ');
    let (begin, mode, name) = (words.next()?, words.next()?, words.next()?);
    let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    if !is_mode || name.trim().is_empty() {
        return None;
    }
    let (content, length) = match begin {
        "begin" => lines(&text[first.len() + 1..])?,
        "begin-base64" => base64(&text[first.len() + 1..])?,
        _ => return None,
    };
    Some((UuFile { name: name.trim().to_owned(), content }, first.len() + 1 + length))
}

fn lines(text: &str) -> Option<(Vec<u8>, usize)> {
    let (mut content, mut length) = (Vec::new(), 0);
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\r', '\n']);
        length += whole.len();
        if line == "end" {
            return Some((content, length));
        }
        decode_line(line.as_bytes(), &mut content)?;
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

fn base64(text: &str) -> Option<(Vec<u8>, usize)> {
    let end = text.find("\n====")?;
    let close = end + 1 + text[end + 1..].find('\n').map_or(text.len() - end - 1, |at| at + 1);
    Some((transfer::base64(&text.as_bytes()[..end]), close))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_out_of_the_text() {
        let (text, files) = extract("üst\nbegin 644 not.txt\n#0V%T\n`\nend\nalt");
        assert_eq!(text, "üst\nalt");
        assert_eq!(files, [UuFile { name: "not.txt".into(), content: b"Cat".to_vec() }]);
        let (text, files) = extract("begin-base64 644 a b.txt\nQ2F0\n====\n");
        assert_eq!((text.as_str(), files[0].content.as_slice()), ("", b"Cat".as_slice()));
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
            assert_eq!(extract(plain), (plain.to_owned(), vec![]));
        }
    }
}
