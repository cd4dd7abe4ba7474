//! Names of stored files. A client's name is data: it may carry paths, control characters or four kilobytes.

use super::kind::FileKind;

/// Longest stored path, in characters (B12-42).
const PATH_CHARS_MAX: usize = 100;
/// File systems count bytes, and 255 is the common limit of one name.
const NAME_BYTES_MAX: usize = 240;
const DISPLAY_CHARS_MAX: usize = 255;
const EXTENSION_CHARS_MAX: usize = 16;
const SUFFIX_CHARS: usize = 7;
const SUFFIX_ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Stands in for a name of which nothing is left after cleaning.
const NAMELESS: &str = "dosya";

/// The cleaned base name of a client's file name (B12-42): what follows the last `/` or `\`, blanks as `_`, and only
/// letters, digits, `_`, `-` and `.` kept. Never empty, never `.` or `..`.
pub fn base_name(sent: &str) -> String {
    let base = sent.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let cleaned: String = base
        .chars()
        .map(|c| if c == ' ' { '_' } else { c })
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .collect();
    match cleaned.trim_matches('.') {
        "" => NAMELESS.to_owned(),
        _ => cleaned,
    }
}

/// A client's file name as people see it beside a download: the base name without control characters and without
/// marks that turn the direction of writing, which make `exe.pdf` of `fdp.exe`. At most 255 characters, cut at the
/// front so that the extension stays.
pub fn display_name(sent: &str) -> String {
    let base = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: Vec<char> = base.chars().filter(|c| !c.is_control() && !turns_direction(*c)).collect();
    let clean: String = clean[clean.len().saturating_sub(DISPLAY_CHARS_MAX)..].iter().collect();
    clean.trim().to_owned()
}

/// The extension of a cleaned name, in lower case and without its dot; `None` without one (`.pdf` alone has none).
pub fn extension(name: &str) -> Option<String> {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => {
            Some(extension.to_ascii_lowercase())
        }
        _ => None,
    }
}

/// Where a file named `sent` by its client is stored under `directory` (no slash at its end): at most 100
/// characters; when the path is taken, the caller asks again with a fresh [`clash_suffix`].
pub fn stored_path(directory: &str, sent: &str, suffix: Option<&str>) -> String {
    let name = base_name(sent);
    let (stem, extension) = split(&name);
    let tail = format!("{}{extension}", suffix.map(|s| format!("_{s}")).unwrap_or_default());
    let used = directory.chars().count() + 1 + tail.chars().count();
    let stem =
        shortened(stem, PATH_CHARS_MAX.saturating_sub(used), NAME_BYTES_MAX.saturating_sub(tail.len()));
    format!("{directory}/{stem}{tail}")
}

/// Seven letters and digits for a name clash, drawn from 64 random bits of the caller.
pub fn clash_suffix(random: u64) -> String {
    let base = SUFFIX_ALPHABET.len() as u64;
    let digit = |place: u32| usize::try_from(random / base.pow(place) % base).unwrap_or_default();
    (0..SUFFIX_CHARS as u32).map(|place| char::from(SUFFIX_ALPHABET[digit(place)])).collect()
}

/// The stored name of a chat or ticket upload (B19-12): time, 128 random bits and the extension of what was found.
/// Nothing of the client's name is in it.
pub fn upload_name(created_at_ms: i64, random: u128, kind: FileKind) -> String {
    format!("{created_at_ms}-{random:032x}.{}", kind.extension())
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}

/// Stem and extension; an unreasonably long extension belongs to the stem, or it would not leave room for one.
fn split(name: &str) -> (&str, &str) {
    let dot = name.rfind('.').filter(|at| *at > 0 && name[*at..].chars().count() <= EXTENSION_CHARS_MAX);
    name.split_at(dot.unwrap_or(name.len()))
}

fn shortened(stem: &str, chars_max: usize, bytes_max: usize) -> &str {
    let fits = |(count, (at, c)): (usize, (usize, char))| count < chars_max && at + c.len_utf8() <= bytes_max;
    let end = stem.char_indices().enumerate().find(|place| !fits(*place)).map(|(_, (at, _))| at);
    &stem[..end.unwrap_or(stem.len())]
}
