//! What an attached file is called.

use super::super::address::clean_header;
use super::super::header::Headers;

/// Characters of a file name that are kept, its ending included.
const NAME_CHARS_MAX: usize = 150;
/// The stem of a file that came without a name.
const UNNAMED: &str = "ek";

/// The last piece of any path, without signs that a file system or a header could take amiss.
pub(crate) fn clean_file_name(name: &str) -> String {
    let bare = name.trim().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = bare.chars().filter(|c| !is_forbidden(*c)).collect();
    let kept = clean_header(&kept);
    let kept = kept.trim_matches(['.', ' ']);
    shorten(kept)
}

/// The name of a file that has none, by its type.
pub(crate) fn default_name(media_type: &str, content: &[u8]) -> String {
    let subtype = media_type.rsplit('/').next().unwrap_or_default();
    match media_type {
        "message/rfc822" | "message/global" => forwarded_name(content),
        "message/delivery-status" | "message/global-delivery-status" => "teslim-raporu.txt".to_owned(),
        "message/disposition-notification" => "okundu-bilgisi.txt".to_owned(),
        "message/feedback-report" => "sikayet-bildirimi.txt".to_owned(),
        "text/rfc822-headers" | "message/rfc822-headers" => "basliklar.txt".to_owned(),
        "text/calendar" | "application/ics" => "davet.ics".to_owned(),
        "text/vcard" | "text/x-vcard" => "kisi.vcf".to_owned(),
        "text/plain" => format!("{UNNAMED}.txt"),
        "image/jpeg" => format!("{UNNAMED}.jpg"),
        "image/svg+xml" => format!("{UNNAMED}.svg"),
        "application/pgp-signature" => "imza.asc".to_owned(),
        "application/pgp-encrypted" => "surum.asc".to_owned(),
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "smime.p7s".to_owned(),
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "smime.p7m".to_owned(),
        kind if kind.starts_with("image/") || kind.starts_with("text/") || kind == "application/pdf" => {
            let ending: String = subtype.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
            format!("{UNNAMED}.{ending}")
        }
        _ => format!("{UNNAMED}.bin"),
    }
}

/// A forwarded message is called by its subject.
fn forwarded_name(content: &[u8]) -> String {
    let subject = Headers::of(content.trim_ascii_start()).text("Subject").unwrap_or_default();
    let name = clean_file_name(&subject);
    format!("{}.eml", if name.is_empty() { "ileti" } else { &name })
}

fn is_forbidden(letter: char) -> bool {
    matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    let ending: String = match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 10 => format!(".{ending}"),
        _ => String::new(),
    };
    let kept = NAME_CHARS_MAX - ending.chars().count();
    name.chars().take(kept).chain(ending.chars()).collect()
}
