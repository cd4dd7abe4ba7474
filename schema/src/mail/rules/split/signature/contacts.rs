//! Closing formulas, and who signs with what title at which number.

use super::super::words::{fold, has_word};

/// Formulas that end a mail, folded.
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

/// Words of titles and companies, folded, whole or at a word's end.
const TITLES: &[&str] = &[
    "muduru",
    "mudur",
    "yoneticisi",
    "yonetici",
    "uzmani",
    "sorumlusu",
    "muhendisi",
    "baskani",
    "koordinatoru",
    "danismani",
    "temsilcisi",
    "asistani",
    "departmani",
    "manager",
    "director",
    "engineer",
    "officer",
    "specialist",
    "assistant",
    "consultant",
    "leiter",
    "einkauf",
    "vertrieb",
    "geschaftsfuhrer",
    "directeur",
    "gerente",
    "direttore",
    "директор",
    "менеджер",
    "kierownik",
    "dyrektor",
];
const COMPANIES: &[&str] = &[
    "a.s.",
    "a.s",
    "ltd",
    "ltd.",
    "sti",
    "sti.",
    "gmbh",
    "inc.",
    "inc",
    "llc",
    "b.v.",
    "s.a.",
    "s.r.l.",
    "s.p.a.",
    "ag",
    "ооо",
    "sp. z o.o.",
];

/// Whether a folded line is a title or the name of a company.
pub(super) fn is_position(folded: &str) -> bool {
    let words = || folded.split([' ', ',', '|', '/']);
    words().count() <= 10
        && (words().any(|word| TITLES.contains(&word)) || words().any(|word| COMPANIES.contains(&word)))
}

/// One to four words that begin with capitals: somebody's name, his title perhaps behind it.
pub(super) fn begins_with_name(text: &str) -> bool {
    is_name(text.split(['|', '/', '–']).next().unwrap_or_default().trim_matches([' ', '*']))
}

/// One to four words that begin with capitals and nothing else.
pub(super) fn is_name(text: &str) -> bool {
    let is_sign = |c: char| !(c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-' | ' '));
    let words: Vec<&str> = text.trim_end_matches(',').split_whitespace().collect();
    (1..=4).contains(&words.len())
        && !text.trim_end_matches(',').contains(is_sign)
        && !text.ends_with('.')
        && words.iter().all(|word| word.starts_with(char::is_uppercase))
}
