//! Bytes → text, for mail that names its charset, misnames it or forgets to.
//!
//! Turkish mail comes in UTF-8, ISO-8859-9 and windows-1254 (the latter two are read alike, as browsers do).
//! A declared charset is believed unless the bytes prove it wrong: text that is valid UTF-8 is UTF-8, whatever
//! a single-byte label says, and Turkish letters under a Western label are Turkish letters. Bytes without a
//! usable label are UTF-8 when they can be and windows-1254 otherwise.
//!
//! | file | what it holds |
//! |---|---|
//! | `labels` | names of charsets, also the wrong ones, → a decoder |
//! | `guess` | text whose charset nobody named |
//! | `mojibake` | text that was decoded wrongly before it was sent |
//! | `seven_bit` | UTF-7, HZ and ISO-2022-KR, which the decoder library leaves out on purpose |
//! | `tables` | DOS and Macintosh Turkish |

mod guess;
mod labels;
mod mojibake;
mod seven_bit;
mod tables;

use std::borrow::Cow;

use encoding_rs::Encoding;

use labels::Decoder;

pub(super) use guess::guess;
pub(super) use mojibake::repair;

/// Decodes with the declared charset; a wrong, missing or unknown one is guessed.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    if bytes.is_ascii() && !bytes.contains(&0x1B) && !bytes.iter().any(|byte| matches!(byte, b'+' | b'~' | 0))
    {
        return ascii(bytes);
    }
    let decoded = match labels::find(label.unwrap_or_default()) {
        Some(Decoder::Library(encoding)) => by_library(bytes, encoding),
        Some(Decoder::Table(table)) => single_byte(bytes, |bytes| tables::decode(bytes, table)),
        // A charset of 7-bit signs has no others.
        Some(Decoder::Utf7 | Decoder::Hz | Decoder::Iso2022Kr) if !bytes.is_ascii() => guess(bytes),
        Some(Decoder::Utf7) => seven_bit::utf7(bytes),
        Some(Decoder::Hz) => seven_bit::hz(bytes),
        Some(Decoder::Iso2022Kr) => seven_bit::iso_2022_kr(bytes),
        None => guess(bytes),
    };
    repair(decoded)
}

/// Whether a decoder stands behind the label, so that a stray word can be told from a charset's name.
pub(super) fn is_known(label: &str) -> bool {
    labels::find(label).is_some() || labels::is_default(label)
}

/// Whether a label says how bytes beyond ASCII are read.
pub(super) fn is_useful(label: &str) -> bool {
    labels::find(label).is_some()
}

/// The single-byte charset a label names, to read undeclared bytes of the same mail with. The Western one says nothing:
/// programs write it without meaning it, and but for six letters it is the Turkish one.
pub(super) fn hint(label: &str) -> Option<&'static Encoding> {
    match labels::find(label) {
        Some(Decoder::Library(encoding))
            if !is_unicode(encoding) && encoding != encoding_rs::WINDOWS_1252 =>
        {
            Some(encoding)
        }
        _ => None,
    }
}

/// Undeclared bytes beside text in a known charset: UTF-8 when they can be, that charset otherwise.
pub(super) fn guess_with(bytes: &[u8], hint: Option<&'static Encoding>) -> String {
    match (std::str::from_utf8(bytes), hint) {
        (Ok(text), _) => text.to_owned(),
        (Err(_), Some(encoding)) => by_library(bytes, encoding),
        (Err(_), None) => guess(bytes),
    }
}

fn ascii(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn by_library(bytes: &[u8], encoding: &'static Encoding) -> String {
    if encoding == encoding_rs::UTF_8 {
        return guess(bytes);
    }
    if encoding.is_single_byte() {
        return single_byte(bytes, |bytes| {
            mojibake::turkish_in_western(encoding.decode_without_bom_handling(bytes).0, encoding)
        });
    }
    if encoding == encoding_rs::ISO_2022_JP && !bytes.is_ascii() {
        return guess::japanese(bytes);
    }
    // Without a mark UTF-16 is little-endian in practice; a leading zero byte gives the other order away.
    let is_big = encoding == encoding_rs::UTF_16LE && bytes.first() == Some(&0);
    let encoding = if is_big { encoding_rs::UTF_16BE } else { encoding };
    encoding.decode(bytes).0.into_owned()
}

/// Text in a single-byte charset is never valid UTF-8 by chance: each of its letters would have to be a capital
/// with a sign behind it.
fn single_byte<'a>(bytes: &'a [u8], decode: impl FnOnce(&'a [u8]) -> Cow<'a, str>) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned(),
        Err(_) => decode(bytes).into_owned(),
    }
}

fn is_unicode(encoding: &'static Encoding) -> bool {
    [encoding_rs::UTF_8, encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&encoding)
}

#[cfg(test)]
mod tests;
