//! The words by which quotes and signatures are known, folded: lower case, without accents, every `i` alike.

/// Verbs that end the line above a quote.
#[rustfmt::skip]
pub(super) const WROTE: &[&str] = &[
    // Turkish
    "yazdi", "yazmis", "yazmistir", "yazdilar", "yanitladi", "yazan", "sunu yazdi", "sunlari yazdi", "dedi ki",
    // English
    "wrote", "writes", "said", "responded",
    // German
    "schrieb", "schrieben", "schreibt",
    // French
    "a ecrit", "ecrit", "ecrivait",
    // Spanish, Portuguese, Italian, Romanian
    "escribio", "escribe", "escreveu", "ha scritto", "scrive", "a scris",
    // Russian and Ukrainian
    "пишет", "писал", "писала", "написал", "написала", "написал(а)", "пише", "написав",
    // Dutch, Polish, Czech, Scandinavian, Finnish, Hungarian
    "schreef", "geschreven", "napisal", "napisala", "napisal(a)", "pisze", "napsal", "skrev", "kirjoitti", "irta",
    // Greek
    "εγραψε",
];
/// The same in scripts without spaces between words, found anywhere in the line.
pub(super) const WROTE_WITHIN: &[&str] = &["写道", "寫道", "のメール", "書きました", "wrote", "작성"];
/// Words that begin such a line; a line that wraps below one of them belongs to it.
#[rustfmt::skip]
pub(super) const OPENERS: &[&str] = &[
    "on", "at", "am", "le", "el", "il", "em", "op", "den", "dne", "dnia", "w", "pe", "на", "в", "στις", "tarihinde",
    "quoting", "zitat", "citando", "no", "a",
];
/// Nobody's mail program writes about «me».
pub(super) const FIRST_PERSON: &[&str] =
    &["bana", "bize", "benden", "bizden", "ben", "biz", "me", "us", "mir", "uns", "moi", "nous", "mi", "nos"];
/// Months and weekdays, by their first letters.
pub(super) const CALENDAR: &[&str] = &[
    "oca", "sub", "mar", "nis", "may", "haz", "tem", "agu", "eyl", "eki", "kas", "ara", "paz", "sal", "car",
    "per", "cum", "jan", "feb", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed",
    "thu", "fri", "sat", "sun", "mai", "okt", "dez", "mrz", "maj", "janv", "fev", "avr", "juin", "juil",
    "aou", "ene", "abr", "ago", "dic", "gen", "mag", "giu", "lug", "set", "ott", "out", "янв", "фев", "мар",
    "апр", "мая", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "sty", "lut", "kwi", "sie", "paz",
];

/// What a header line above a quote is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    From,
    Sent,
    To,
    Cc,
    Subject,
}

#[rustfmt::skip]
const FROM: &[&str] = &[
    "from", "kimden", "gonderen", "gonderici", "von", "de", "da", "van", "od", "от", "от кого", "від", "fra", "fran",
    "lahettaja", "avsandare", "expediteur", "remitente", "mittente", "afzender", "absender", "felado", "nadawca",
    "发件人", "寄件者", "差出人", "보낸 사람",
];
#[rustfmt::skip]
const SENT: &[&str] = &[
    "sent", "date", "sent at", "gonderilme", "gonderildi", "gonderme tarihi", "gonderilme tarihi", "gonderim tarihi",
    "gonderilme zamani", "gonderme zamani", "tarih", "gesendet", "datum", "envoye", "envoye le", "enviado",
    "enviado el", "enviada em", "enviado em", "enviada", "fecha", "data", "inviato", "verzonden", "отправлено",
    "дата", "отправлен", "надіслано", "wyslano", "wyslane", "skickat", "sendt", "dato", "lahetetty", "发送时间",
    "日期", "送信日時", "보낸 날짜",
];
#[rustfmt::skip]
const TO: &[&str] = &[
    "to", "kime", "alici", "alicilar", "an", "a", "para", "aan", "кому", "do", "till", "til", "vastaanottaja",
    "destinataire", "destinatario", "收件人", "宛先", "받는 사람",
];
const CC: &[&str] = &[
    "cc",
    "bilgi",
    "kopie",
    "copie",
    "копия",
    "dw",
    "kopia",
    "kopi",
    "copia",
    "bcc",
    "抄送",
    "reply-to",
    "yanitla",
    "yanit adresi",
];
#[rustfmt::skip]
const SUBJECT: &[&str] = &[
    "subject", "konu", "betreff", "objet", "asunto", "oggetto", "onderwerp", "тема", "assunto", "temat", "amne",
    "emne", "aihe", "targy", "predmet", "主题", "主旨", "件名",
];

/// The label a header line begins with.
pub(super) fn label(name: &str) -> Option<Label> {
    let tables: [(&[&str], Label); 5] = [
        (FROM, Label::From),
        (SENT, Label::Sent),
        (TO, Label::To),
        (CC, Label::Cc),
        (SUBJECT, Label::Subject),
    ];
    tables.into_iter().find(|(words, _)| words.contains(&name)).map(|(_, label)| label)
}

/// Stand between dashes above a quoted or forwarded mail.
#[rustfmt::skip]
pub(super) const DIVIDERS: &[&str] = &[
    "orijinal mesaj", "orijinal ileti", "orjinal mesaj", "orjinal ileti", "ozgun ileti", "ozgun mesaj", "asil mesaj",
    "asil ileti", "orijinal e-posta", "yonlendirilen", "yonlendirilmis", "iletilen", "iletilmis", "ilk mesaj",
    "original message", "original e-mail", "original email", "original appointment", "original mail", "original",
    "forwarded", "reply message", "replied message", "ursprungliche nachricht", "originalnachricht",
    "original-nachricht", "weitergeleitete", "message d'origine", "message original", "message transfere",
    "courriel original", "message initial", "mensaje original", "mensaje reenviado", "mensagem original",
    "mensagem encaminhada", "messaggio originale", "messaggio inoltrato", "oorspronkelijk bericht",
    "doorgestuurd bericht", "исходное сообщение", "пересылаемое сообщение", "пересланное сообщение",
    "оригинал", "wiadomosc oryginalna", "oryginalna wiadomosc", "przekazana wiadomosc", "wiadomosc przekazana",
    "ursprungligt meddelande", "oprindelig meddelelse", "oprindelig besked", "opprinnelig melding", "alkuperainen viesti",
];
/// The same without dashes: the whole line, with a colon or without.
#[rustfmt::skip]
pub(super) const BARE_DIVIDERS: &[&str] = &[
    "begin forwarded message", "forwarded message", "original message", "iletilen ileti baslangici", "iletilen mesaj baslangici",
    "baslangic - iletilen ileti", "yonlendirilen ileti baslangici", "yonlendirilen mesaj", "iletilen mesaj", "iletilen ileti",
    "orijinal mesaj", "orijinal ileti", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
    "ursprungliche nachricht", "debut du message transfere", "debut du message reexpedie", "inicio del mensaje reenviado",
    "inicio da mensagem encaminhada", "inizio messaggio inoltrato", "begin doorgestuurd bericht",
    "начало переадресованного сообщения", "rozpoczecie przekazanej wiadomosci", "vidarebefordrat brev",
];
/// Desks ask for answers above a line.
#[rustfmt::skip]
pub(super) const ABOVE: &[&str] = &[
    "reply above this line", "type your reply above", "please reply above", "write above this line",
    "yanitinizi bu satirin ustune", "yanitinizi bu satirin uzerine", "bu satirin ustune yaz", "bu satirin uzerine yaz",
    "cevabinizi bu satirin", "antworten sie oberhalb", "repondez au-dessus", "responda por encima", "above this line to reply",
    "antwort oberhalb dieser zeile",
];

/// Folds for comparing: lower case, one space between words, no accents.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{A0}' | ' ' | '\t' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            letter if letter.is_ascii() => out.push(letter.to_ascii_lowercase()),
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{FEFF}' | '\u{301}' | '\u{307}' => {}
            letter => out.push(bare(letter)),
        }
    }
    out.trim().to_owned()
}

fn bare(letter: char) -> char {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ğ' => 'g',
        'ş' | 'ś' | 'š' => 's',
        'ł' => 'l',
        'ý' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ё' => 'е',
        'ί' => 'ι',
        'έ' => 'ε',
        '’' | '‘' | 'ʼ' | '´' => '\'',
        '–' | '—' | '―' | '─' | '‐' | '‑' => '-',
        '：' => ':',
        other => other,
    }
}

/// Whether a whole word of the folded text is this one, or a run of words this phrase.
pub(super) fn has_word(folded: &str, phrase: &str) -> bool {
    let mut from = 0;
    while let Some(at) = folded[from..].find(phrase).map(|at| from + at) {
        let end = at + phrase.len();
        let is_start = !folded[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let is_end = !folded[end..].chars().next().is_some_and(char::is_alphanumeric);
        if is_start && is_end {
            return true;
        }
        from = at + phrase.chars().next().map_or(1, char::len_utf8);
    }
    false
}
