//! What telephones and programs add below a mail.

use super::super::words::{fold, has_word};

/// Characters of an advertisement; a longer line is a sentence.
const ADVERTISEMENT_CHARS_MAX: usize = 110;

/// How advertisements begin, folded.
const SENT_WITH: &[&str] = &[
    "sent from my",
    "sent from outlook",
    "sent from mail",
    "sent from yahoo",
    "sent from gmail",
    "sent from proton",
    "sent with",
    "sent via",
    "sent by",
    "sent using",
    "sent from a ",
    "sent from samsung",
    "sent from android",
    "get outlook for",
    "outlook'u edinin",
    "von meinem",
    "von meinen",
    "gesendet von",
    "gesendet mit",
    "diese nachricht wurde von",
    "envoye de",
    "envoye depuis",
    "envoye a partir",
    "telecharger outlook",
    "obtenez outlook",
    "enviado desde",
    "enviado do",
    "enviado de",
    "enviado a partir",
    "enviado con",
    "obtener outlook",
    "obtenha o outlook",
    "inviato da",
    "verstuurd vanaf",
    "verzonden vanaf",
    "отправлено с",
    "отправлено из",
];
const SENT_WITH_MORE: &[&str] = &[
    "wyslane z",
    "wyslano z",
    "verzonden met",
    "verstuurd met",
    "get [outlook",
    "发自我的",
    "從我的",
    "iphoneから送信",
    "pobierz program outlook",
    "ottieni outlook",
    "download outlook",
    "outlook downloaden",
    "скачать outlook",
    "holen sie sich outlook",
    "skickat fran",
    "sendt fra",
    "lahetetty",
];
/// How Turkish advertisements end: the device comes first, and it is «my» device or some program.
const SENT_FROM_TR: &[&str] = &[
    "mdan gonderildi",
    "mden gonderildi",
    "ile gonderildi",
    "uzerinden gonderildi",
    "uygulamasindan gonderildi",
    "mobilgerat gesendet",
    "geschickt von",
];
/// The same without «my»: the line must begin with the device.
const SENT_FROM_DEVICE_TR: &[&str] = &[
    "'dan gonderildi",
    "'den gonderildi",
    "'tan gonderildi",
    "'ten gonderildi",
    "indan gonderildi",
    "inden gonderildi",
    "undan gonderildi",
    "unden gonderildi",
];
const DEVICES: &[&str] = &[
    "iphone",
    "ipad",
    "android",
    "samsung",
    "galaxy",
    "huawei",
    "xiaomi",
    "redmi",
    "oppo",
    "vivo",
    "general mobile",
    "casper",
    "turkcell",
    "vodafone",
    "lg",
    "htc",
    "sony",
    "nokia",
    "outlook",
    "posta",
    "mail",
    "yandex",
    "gmail",
    "yahoo",
    "blackberry",
    "windows",
    "ios",
    "mac",
    "proton",
    "telefonum",
    "cihazim",
    "tabletim",
    "mobilgerat",
    "phone",
    "mobile",
    "tablet",
    "device",
];

/// How they excuse themselves, folded.
const EXCUSES: &[&str] =
    &["excuse", "typos", "brevity", "kisa yaz", "yazim hata", "kusura bak", "ozur dile", "tippfehler"];

/// Whether the line is what a telephone or a program adds by itself.
pub(super) fn is_advertisement(text: &str) -> bool {
    // Some programs write the link behind the words.
    let words = text.find("<http").or_else(|| text.find("(http")).map_or(text, |link| &text[..link]);
    if words.chars().count() > ADVERTISEMENT_CHARS_MAX {
        return false;
    }
    let folded = fold(words);
    let line = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let praises = line.starts_with("yahoo mail:") && line.split(' ').count() <= 10;
    praises || offers_outlook(line) || is_sent_from(line) || is_scanned(line)
}

fn is_sent_from(line: &str) -> bool {
    let names_device = DEVICES.iter().any(|device| line.contains(device));
    let begins_with_device = DEVICES.iter().any(|device| line.starts_with(device));
    let starts = SENT_WITH.iter().chain(SENT_WITH_MORE).any(|start| line.starts_with(start));
    let is_mine = SENT_FROM_TR.iter().any(|end| line.ends_with(end));
    let is_device =
        (begins_with_device || is_owned(line)) && SENT_FROM_DEVICE_TR.iter().any(|end| line.ends_with(end));
    (starts || is_mine || is_device) && names_device && is_brief(line)
        || starts && line.split(' ').count() <= 7 && !line.contains(", ")
}

/// «Ayşe'nin iPhone'undan»: a name in the genitive, and a device.
fn is_owned(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    let ending = first.rsplit_once('\'').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.ends_with("in") || ending.ends_with("un"))
        && line.split(' ').count() <= 6
}

/// One sentence at most, or two of which one begs pardon.
fn is_brief(line: &str) -> bool {
    let excuses = EXCUSES.iter().any(|words| line.contains(words));
    line.split(' ').count() <= if excuses { 20 } else { 12 }
        && (excuses || !line.contains(". ") && !line.contains(", "))
}

/// "Get Outlook for iOS" in any language.
fn offers_outlook(line: &str) -> bool {
    let names_system = ["ios", "android", "mac", "windows"].iter().any(|system| has_word(line, system));
    let words = line.split(' ').count();
    line.contains("outlook") && (3..=7).contains(&words) && names_system
}

/// What virus scanners boast of.
fn is_scanned(line: &str) -> bool {
    let boasts = line.starts_with("virus-free")
        || line.starts_with("virus bulunmuyor")
        || line.starts_with("virussuz");
    let names_scanner =
        ["avast", "avg", "eset", "kaspersky", "norton", "mcafee", "mailscanner", "bitdefender"]
            .iter()
            .any(|name| has_word(line, name));
    boasts && line.split(' ').count() <= 5
        || names_scanner && line.contains("virus") && line.split(' ').count() <= 16
}
