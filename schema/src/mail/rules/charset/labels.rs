//! Names of charsets → decoders, with the substitutions the trade makes.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874,
    WINDOWS_1254,
};

use super::tables::{self, Table};

/// How bytes under a label are read.
#[derive(Clone, Copy)]
pub(super) enum Decoder {
    Library(&'static Encoding),
    Table(&'static Table),
    Utf7,
    Hz,
    Iso2022Kr,
}

/// Characters of a label that are looked at.
const LABEL_CHARS_MAX: usize = 60;

/// `None` for a label that says nothing: unknown, or written by programs without meaning it.
pub(super) fn find(label: &str) -> Option<Decoder> {
    // The two labels of nearly all mail need no tidying.
    match label {
        "utf-8" | "UTF-8" => return Some(Decoder::Library(UTF_8)),
        "" => return None,
        _ => {}
    }
    let label = tidy(label);
    if is_empty_word(&label) {
        return None;
    }
    by_hand(&label).or_else(|| standard(&label)).or_else(|| by_digits(&label))
}

/// 8-bit bytes under these labels are no surprise, and the label is no help.
pub(super) fn is_default(label: &str) -> bool {
    is_empty_word(&tidy(label))
}

/// Lower case, without quotes, spaces, the language of RFC 2231 and a repeated `charset=`.
fn tidy(label: &str) -> String {
    let label = label.split(['*', ';']).next().unwrap_or_default();
    let kept = label.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '<' | '>'));
    let lower: String = kept.take(LABEL_CHARS_MAX).map(|c| c.to_ascii_lowercase()).collect();
    lower.trim_start_matches("charset=").replace('_', "-")
}

fn is_empty_word(label: &str) -> bool {
    matches!(
        label,
        "" | "us-ascii"
            | "ascii"
            | "ansi-x3.4-1968"
            | "unknown"
            | "unknown-8bit"
            | "x-unknown"
            | "binary"
            | "default"
            | "8bit"
            | "none"
            | "iso646-us"
            | "x-user-defined"
            | "user-defined"
    )
}

/// What the standard's list of labels lacks or reads otherwise than mail means it.
fn by_hand(label: &str) -> Option<Decoder> {
    let encoding = match label {
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" | "csunicode11utf7" => {
            return Some(Decoder::Utf7);
        }
        "hz" | "hz-gb-2312" => return Some(Decoder::Hz),
        "iso-2022-kr" | "csiso2022kr" => return Some(Decoder::Iso2022Kr),
        "ibm857" | "cp857" | "857" | "csibm857" | "ibm-857" | "oem857" | "dos-857" => {
            return Some(Decoder::Table(&tables::DOS_TURKISH));
        }
        "x-mac-turkish" | "macturkish" | "mac-turkish" | "x-macturkish" => {
            return Some(Decoder::Table(&tables::MAC_TURKISH));
        }
        "utf8mb4" | "utf-8mb4" | "utf-8-mb4" | "utf8-bom" | "utf-8-bom" | "utf-8-sig"
        | "unicode-2-0-utf-8" => UTF_8,
        "utf-16" | "utf16" | "ucs-2" | "iso-10646-ucs-2" | "unicode" | "utf-16le" | "utf16le" => UTF_16LE,
        "utf-16be" | "utf16be" | "ucs-2be" => UTF_16BE,
        "gb2312" | "gbk" | "gb-2312-80" | "gb18030" | "cp936" | "ms936" | "x-gbk" | "936" | "euc-cn" => {
            GB18030
        }
        "iso-2022-jp"
        | "iso-2022-jp-ms"
        | "iso-2022-jp-1"
        | "iso-2022-jp-2"
        | "iso-2022-jp-3"
        | "iso-2022-jp-2004"
        | "cp50220"
        | "cp50221"
        | "cp50222"
        | "x-windows-iso2022jp" => ISO_2022_JP,
        "ks-c-5601-1987" | "ks-c-5601" | "ksc5601" | "ksc-5601" | "ks-c-5601-1992" | "cp949" | "uhc"
        | "ms949" | "x-windows-949" | "949" => EUC_KR,
        "cp932" | "ms932" | "x-sjis" | "windows-31j" | "932" | "shift-jis-2004" | "sjis" => SHIFT_JIS,
        "cp950" | "ms950" | "950" | "big5-eten" | "x-big5" => BIG5,
        "tis-620" | "tis620" | "cp874" | "iso-8859-11" => WINDOWS_874,
        "turkish" | "latin-5" | "latin5-turkish" | "l5" | "ansi" | "x-ansi" | "tr" => WINDOWS_1254,
        _ => return None,
    };
    Some(Decoder::Library(encoding))
}

fn standard(label: &str) -> Option<Decoder> {
    Encoding::for_label_no_replacement(label.as_bytes()).map(Decoder::Library)
}

/// `cp-1254`, `win1254`, `x-windows-1254-0`, `iso8859-9e`, `8859_9`: the number says what the rest fumbles.
fn by_digits(label: &str) -> Option<Decoder> {
    if let Some(at) = label.find("8859") {
        let part = first_number(&label[at + 4..])?;
        return standard(&format!("iso-8859-{part}"));
    }
    if let Some(at) = label.find("125") {
        let page: String = label[at..].chars().take(4).collect();
        return standard(&format!("windows-{page}"));
    }
    let is_utf8 = label.starts_with("utf") && label.ends_with('8') && label.len() <= 8;
    is_utf8.then_some(Decoder::Library(UTF_8))
}

fn first_number(text: &str) -> Option<&str> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    let rest = &text[from..];
    Some(&rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())])
}
