//! What stands in signatures: advertisements of programs, legal notices, closing formulas, contacts.

use super::words::{fold, has_word};

/// Characters of an advertisement; a longer line is a sentence.
const ADVERTISEMENT_CHARS_MAX: usize = 110;
/// Characters of a legal notice at least.
const NOTICE_CHARS_MIN: usize = 60;
/// Characters of it that are looked at.
const NOTICE_CHARS_MAX: usize = 800;

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
    "yahoo mail:",
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
    "umdan gonderildi",
    "imden gonderildi",
    "imdan gonderildi",
    "umden gonderildi",
    "ile gonderildi",
    "uzerinden gonderildi",
    "uygulamasindan gonderildi",
    "outlook'u edinin",
    "outlook'u alin",
    "outlook'u indirin",
    "mobilgerat gesendet",
    "geschickt von",
];
/// The same without «my»: the line must begin with the device.
const SENT_FROM_DEVICE_TR: &[&str] =
    &["'dan gonderildi", "'den gonderildi", "'tan gonderildi", "'ten gonderildi"];
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
];

/// Whether the line is what a telephone or a program adds by itself.
pub(super) fn is_advertisement(text: &str) -> bool {
    // Some programs write the link behind the words.
    let words = text.find("<http").or_else(|| text.find("(http")).map_or(text, |link| &text[..link]);
    if words.chars().count() > ADVERTISEMENT_CHARS_MAX {
        return false;
    }
    let folded = fold(words);
    let line = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let names_device = DEVICES.iter().any(|device| line.contains(device));
    let begins_with_device = DEVICES.iter().any(|device| line.starts_with(device));
    let starts = SENT_WITH.iter().chain(SENT_WITH_MORE).any(|start| line.starts_with(start));
    let is_mine = SENT_FROM_TR.iter().any(|end| line.ends_with(end));
    let is_device = begins_with_device && SENT_FROM_DEVICE_TR.iter().any(|end| line.ends_with(end));
    let is_brief = is_brief(line);
    (starts || is_mine || is_device) && names_device && is_brief || starts && line.split(' ').count() <= 7
}

/// One sentence at most.
fn is_brief(line: &str) -> bool {
    line.split(' ').count() <= 12 && !line.contains(". ")
}

/// How notices begin, folded; anywhere in the first words.
const NOTICES: &[&str] = &[
    "yasal uyari",
    "gizlilik notu",
    "gizlilik bildirimi",
    "gizlilik uyarisi",
    "gizlilik ve sorumluluk",
    "uyari:",
    "uyari notu",
    "bu e-posta",
    "bu eposta",
    "bu elektronik posta",
    "bu mesaj",
    "bu ileti",
    "bu e-mail",
    "kvkk",
    "lutfen bu e-postayi yazdirmadan",
    "bu e-postayi yazdirmadan",
    "cikti almadan once",
    "this e-mail",
    "this email",
    "this message",
    "this communication",
    "the information contained in",
    "the content of this",
    "the contents of this",
    "confidentiality notice",
    "confidential:",
    "disclaimer",
    "please consider the environment",
    "diese e-mail",
    "diese nachricht",
    "ce message",
    "ce courriel",
    "este mensaje",
    "este correo",
    "questo messaggio",
    "deze e-mail",
];
const LEGAL_WORDS: &[&str] = &[
    "gizli",
    "yetkisiz",
    "yasal",
    "hukuki",
    "sorumlu",
    "kisisel veri",
    "muhatab",
    "aliciya",
    "alicisi",
    "kopyala",
    "cevre",
    "kagit",
    "confidential",
    "intended",
    "privileged",
    "recipient",
    "unauthorized",
    "unauthorised",
    "disclos",
    "environment",
    "viruses",
    "vertraulich",
    "empfanger",
    "confidentiel",
    "destinataire",
    "confidencial",
    "destinatario",
    "riservat",
    "vertrouwelijk",
    "конфиденциаль",
    "poufn",
];

/// Whether the lines are a notice of a company's lawyers.
pub(super) fn is_legal<'a>(mut lines: impl Iterator<Item = &'a str>) -> bool {
    let Some(first) = lines.next() else { return false };
    let start = fold(&first[..first.floor_char_boundary(160)]);
    let start = start.trim_start_matches(|c: char| !c.is_alphanumeric());
    if !NOTICES.iter().any(|notice| start.starts_with(notice)) {
        return false;
    }
    let mut text = fold(first);
    for line in lines {
        if text.len() > NOTICE_CHARS_MAX {
            break;
        }
        text.push(' ');
        text.push_str(&fold(line));
    }
    let words = LEGAL_WORDS.iter().filter(|word| text.contains(**word)).count();
    text.len() >= NOTICE_CHARS_MIN
        && (words >= 2 || words == 1 && text.len() < 220 && text.contains("yazdirmadan"))
        || start.starts_with("please consider the environment")
}

const CLOSINGS: &[&str] = &[
    "saygilarimla",
    "saygilarimizla",
    "saygilar",
    "saygilar sunarim",
    "saygiyla",
    "sevgiler",
    "selamlar",
    "iyi calismalar",
    "iyi calismalar dilerim",
    "iyi calismalar dileriz",
    "iyi gunler",
    "iyi gunler dilerim",
    "kolay gelsin",
    "tesekkurler",
    "tesekkur ederim",
    "tesekkur ederiz",
    "hurmetlerimle",
    "en iyi dileklerimle",
    "bilgilerinize",
    "best regards",
    "kind regards",
    "regards",
    "best",
    "sincerely",
    "yours sincerely",
    "thanks",
    "thank you",
    "cheers",
    "many thanks",
    "mit freundlichen grussen",
    "mit freundlichen grußen",
    "freundliche grusse",
    "viele grusse",
    "cordialement",
    "bien cordialement",
    "saludos",
    "atentamente",
    "cordiali saluti",
    "met vriendelijke groet",
    "с уважением",
    "pozdrawiam",
];

/// Whether the line is a closing formula and nothing else.
pub(super) fn is_closing(text: &str) -> bool {
    if text.chars().count() > 60 {
        return false;
    }
    let folded = fold(text);
    let line = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let mut parts = line.split([',', '/', '|']).map(str::trim).filter(|part| !part.is_empty());
    parts.clone().count() <= 2 && parts.all(|part| CLOSINGS.contains(&part))
}

/// Whether a folded line names a way to reach somebody.
pub(super) fn is_contact(folded: &str) -> bool {
    const WORDS: [&str; 17] = [
        "tel", "telefon", "gsm", "cep", "faks", "fax", "mobil", "mobile", "phone", "ofis", "adres", "t:",
        "m:", "e-posta", "e-mail", "dahili", "whatsapp",
    ];
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    let is_number = digits >= 10 && digits * 2 >= folded.chars().filter(|c| !c.is_whitespace()).count();
    let is_link = folded.contains("www.") || folded.contains("http") || folded.contains('@');
    is_number
        || is_link
        || digits >= 7 && WORDS.iter().any(|word| has_word(folded, word.trim_end_matches(':')))
}
