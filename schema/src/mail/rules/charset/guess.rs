//! Text whose charset nobody named, or under a name that the bytes disprove.

use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1254};

/// UTF-8 when the bytes are, windows-1254 when they are not.
///
/// Where both occur each line is read by itself: a footer that some gateway added in another charset does not
/// spoil the text above it.
pub(crate) fn guess(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match (std::str::from_utf8(bytes), marked(bytes)) {
        (_, Some(text)) => text,
        (Ok(text), None) => text.to_owned(),
        (Err(_), None) => bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect(),
    }
}

/// Text that names its own charset: by a byte order mark or by the shifts of ISO-2022-JP.
fn marked(bytes: &[u8]) -> Option<String> {
    let shifts: [&[u8]; 2] = [b"\x1B$B", b"\x1B$@"];
    if bytes.starts_with(b"\xFF\xFE") {
        return Some(UTF_16LE.decode(bytes).0.into_owned());
    }
    if bytes.starts_with(b"\xFE\xFF") && bytes.len().is_multiple_of(2) && bytes.contains(&0) {
        return Some(UTF_16BE.decode(bytes).0.into_owned());
    }
    let is_japanese =
        bytes.contains(&0x1B) && shifts.iter().any(|shift| bytes.windows(3).any(|at| at == *shift));
    (is_japanese && bytes.is_ascii()).then(|| ISO_2022_JP.decode_without_bom_handling(bytes).0.into_owned())
}

/// 8-bit bytes under the label of the 7-bit Japanese charset are one of the others.
pub(super) fn japanese(bytes: &[u8]) -> String {
    if std::str::from_utf8(bytes).is_ok() {
        return guess(bytes);
    }
    let without_errors = |encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes)
    };
    let found = [EUC_JP, SHIFT_JIS].into_iter().find_map(without_errors);
    found.map_or_else(|| guess(bytes), std::borrow::Cow::into_owned)
}

fn line(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if is_mostly_utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => WINDOWS_1254.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// More letters of more than one byte than bytes that fit nowhere: UTF-8 that was cut or damaged.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut letters, mut strays) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        strays += usize::from(!chunk.invalid().is_empty());
    }
    letters > strays
}
