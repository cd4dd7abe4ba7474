//! How urgent a mail sounds, by its words. The rule that decides when no model does (B10-35).

/// The four priorities of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

impl Priority {
    /// The code of the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
            Priority::Urgent => "urgent",
        }
    }
}

/// Stems in folded letters. A stem stands at the start of a word, so that endings do not hide it.
const URGENT: [&str; 17] = [
    "acil ",
    "acilen",
    "acildir",
    "acele",
    "ivedi",
    "derhal",
    "cok onemli",
    "dolandir",
    "hesabim calindi",
    "calindi",
    "urgent",
    "emergency",
    "asap",
    "immediately",
    "critical",
    "security breach",
    "data loss",
];
const HIGH: [&str; 19] = [
    "onemli",
    "calismiyor",
    "calismadi",
    "erisemiyor",
    "ulasamiyor",
    "giremiyor",
    "acilmiyor",
    "coktu",
    "odeme alinamadi",
    "magdur",
    "sikayet",
    "iade alamadim",
    "important",
    "not working",
    "broken",
    "outage",
    "cannot access",
    "can't access",
    "complaint",
];
const LOW: [&str; 9] = [
    "oneri ",
    "onerim ",
    "oneriyorum",
    "bilgi amacli",
    "acelesi yok",
    "acil degil",
    "suggestion",
    "not urgent",
    "no rush",
];
/// Phrases in which an urgent word says the opposite.
const CALMING: [&str; 5] = ["acil degil", "acelesi yok", "acelem yok", "not urgent", "no rush"];
/// Characters of the text that are looked at: urgency stands at the beginning, quoted mail at the end.
const TEXT_CHARS_MAX: usize = 4_000;

/// Subject and own text of the writer; quoted lines do not count.
pub fn priority(subject: &str, text: &str) -> Priority {
    let own = text.lines().filter(|line| !line.trim_start().starts_with('>')).collect::<Vec<_>>().join(" ");
    let words = folded(subject, &own);
    let is_calm = has_any(&words, &CALMING);
    if !is_calm && has_any(&words, &URGENT) {
        Priority::Urgent
    } else if has_any(&words, &HIGH) {
        Priority::High
    } else if has_any(&words, &LOW) {
        Priority::Low
    } else {
        Priority::Normal
    }
}

fn has_any(words: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| words.contains(&format!(" {stem}")))
}

/// Lower case, Turkish letters without their marks, one space before every word.
fn folded(subject: &str, text: &str) -> String {
    let letters = subject.chars().chain([' ']).chain(text.chars()).take(TEXT_CHARS_MAX).map(plain);
    let mut out = String::from(" ");
    for letter in letters {
        if letter != ' ' || !out.ends_with(' ') {
            out.push(letter);
        }
    }
    out + " "
}

fn plain(letter: char) -> char {
    match letter {
        'İ' | 'I' | 'ı' | 'î' => 'i',
        'Ş' | 'ş' => 's',
        'Ğ' | 'ğ' => 'g',
        'Ç' | 'ç' => 'c',
        'Ö' | 'ö' => 'o',
        'Ü' | 'ü' | 'û' => 'u',
        'â' => 'a',
        '\'' | '’' => '\'',
        c if c.is_alphanumeric() => c.to_ascii_lowercase(),
        _ => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_in_turkish_and_english() {
        let cases = [
            ("ACİL!! sipariş", "", Priority::Urgent),
            ("Acilen dönüş", "", Priority::Urgent),
            ("Konu", "kartım çalındı, DERHAL arayın", Priority::Urgent),
            ("URGENT: login", "", Priority::Urgent),
            ("Site açılmıyor", "", Priority::High),
            ("Önemli", "", Priority::High),
            ("help", "the page is not working", Priority::High),
            ("Öneri", "", Priority::Low),
            ("Fatura", "acil değil, bilgi rica ederim", Priority::Low),
            ("question", "no rush", Priority::Low),
            ("Fatura", "Faturamı göremiyorum", Priority::Normal),
            ("", "", Priority::Normal),
            ("Facilities", "bir facilite", Priority::Normal),
        ];
        for (subject, text, expected) in cases {
            assert_eq!(priority(subject, text), expected, "{subject} / {text}");
        }
    }

    #[test]
    fn quoted_words_do_not_count() {
        assert_eq!(priority("Re: Fatura", "Tamam\n> ACİL cevap\n"), Priority::Normal);
    }
}
