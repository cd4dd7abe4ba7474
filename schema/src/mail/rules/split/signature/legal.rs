//! What lawyers and friends of nature add below a mail, and what its server puts above it.

use super::super::words::fold;

/// Characters of a legal notice at least.
const NOTICE_CHARS_MIN: usize = 60;
/// Characters of it that are looked at.
const NOTICE_CHARS_MAX: usize = 800;

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
    "6698 sayili",
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
    "confidential",
    "intended",
    "privileged",
    "recipient",
    "unauthorized",
    "unauthorised",
    "disclos",
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
    text.len() >= NOTICE_CHARS_MIN && words >= 2
}

/// What asks to be printed on no paper, folded: the printing and what it costs.
const PRINTING: &[&str] =
    &["yazdir", "cikti al", "print", "ausdruck", "imprim", "stampa", "afdruk", "drukow", "распечат"];
const NATURE: &[&str] = &[
    "cevre",
    "agac",
    "orman",
    "doga",
    "kagit",
    "environment",
    "tree",
    "paper",
    "umwelt",
    "ambiente",
    "milieu",
    "srodowisk",
    "природ",
];
/// Characters of such a request.
const REQUEST_CHARS_MAX: usize = 250;

/// Whether the line asks to spare paper.
pub(super) fn spares_paper(text: &str) -> bool {
    if text.chars().count() > REQUEST_CHARS_MAX || text.ends_with('?') {
        return false;
    }
    let folded = fold(text);
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    has(PRINTING)
        && has(NATURE)
        && (folded.contains("mail") || folded.contains("posta") || folded.contains("mesaj"))
}

/// How a company's own server warns of mail from outside, folded; above the text.
const BANNERS: &[&str] = &[
    "external email",
    "external e-mail",
    "external sender",
    "external message",
    "originated from outside",
    "originated outside",
    "from outside of the organi",
    "from outside the organi",
    "from outside your organi",
    "kurum disindan",
    "sirket disindan",
    "kurulus disindan",
    "dis kaynakli e-posta",
    "harici e-posta",
];
const BANNER_CHARS_MAX: usize = 300;

/// Whether the line warns of a sender outside the company.
pub(super) fn is_banner(text: &str) -> bool {
    if text.chars().count() > BANNER_CHARS_MAX {
        return false;
    }
    let folded = fold(text);
    let warns =
        ["caution", "warning", "attention", "uyari", "dikkat", "do not click", "[external", "tiklamayin"];
    BANNERS.iter().any(|words| folded.contains(words)) && warns.iter().any(|word| folded.contains(word))
}
