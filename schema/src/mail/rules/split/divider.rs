//! Lines that say by themselves that an earlier mail begins: «-----Orijinal Mesaj-----».

use super::lines::{View, text_before};
use super::words::{ABOVE, BARE_DIVIDERS, DIVIDERS, fold};

/// Characters between the dashes; a longer line is a sentence.
const CHARS_MAX: usize = 90;
/// Dashes on each side, and signs of a drawn line.
const DASHES_MIN: usize = 2;
const DRAWN_MIN: usize = 10;

/// Whether everything from this line on is an earlier mail.
pub(super) fn is_cut(text: &str) -> bool {
    if text.len() > CHARS_MAX * 3 {
        return false;
    }
    let is_drawn = text.starts_with(['-', '_', '=', '*', '~', '—', '–', '─', '#']);
    is_drawn && is_divider(text) || is_bare(text) || asks_above(text)
}

fn is_divider(text: &str) -> bool {
    let folded = fold(text);
    let inner = folded.trim_matches(is_dash);
    is_framed(text)
        && inner.chars().count() <= CHARS_MAX
        && DIVIDERS.iter().any(|words| inner.starts_with(words) || is_in(inner, words))
}

/// `forwarded by Ayşe`, `1. iletilen mesaj`.
fn is_in(inner: &str, words: &str) -> bool {
    inner.len() <= words.len() + 24 && super::words::has_word(inner, words)
}

fn is_bare(text: &str) -> bool {
    if text.chars().count() > 50 || !text.ends_with([':', '：']) {
        return false;
    }
    let folded = fold(text);
    BARE_DIVIDERS.contains(&folded.trim_end_matches(':').trim_end())
}

fn asks_above(text: &str) -> bool {
    let has_sign = text.starts_with(['#', '-', '=', '*', '~', '_']) || text.chars().count() <= CHARS_MAX;
    let folded = fold(text);
    has_sign
        && ABOVE.iter().any(|words| folded.contains(words))
        && (folded.starts_with(is_dash) || folded.ends_with(is_dash))
}

/// The first of the drawn lines and empty lines right above the cut, which belong to it.
pub(super) fn above(views: &[View<'_>], cut: usize) -> usize {
    let mut cut = cut;
    while let Some(at) = text_before(views, cut) {
        let text = views[at].text;
        if views[at].is_quoted() || !is_drawn(text) && !is_title(text) && !is_framed(text) {
            break;
        }
        cut = at;
    }
    cut
}

/// Words between dashes, in whatever language.
fn is_framed(text: &str) -> bool {
    let dashes = |signs: &mut dyn Iterator<Item = char>| {
        signs.take_while(|sign| is_dash(*sign) || is_long_dash(*sign)).filter(|sign| *sign != ' ').count()
    };
    dashes(&mut text.chars()) >= DASHES_MIN && dashes(&mut text.chars().rev()) >= DASHES_MIN
}

/// Nothing but dashes or underscores.
pub(super) fn is_drawn(text: &str) -> bool {
    text.chars().count() >= DRAWN_MIN
        && text.chars().all(|sign| is_dash(sign) && sign != ' ' || is_long_dash(sign))
}

/// «Orijinal Mesaj» without dashes or a colon.
fn is_title(text: &str) -> bool {
    text.chars().count() <= 40 && {
        let folded = fold(text);
        BARE_DIVIDERS.contains(&folded.trim_matches(|c| is_dash(c) || c == ':'))
    }
}

fn is_dash(sign: char) -> bool {
    matches!(sign, '-' | '_' | '=' | '*' | '~' | ' ' | '#' | '<' | '>' | '|')
}

fn is_long_dash(sign: char) -> bool {
    matches!(sign, '—' | '–' | '─' | '━' | '⎯')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividers_of_all_languages_are_known() {
        for text in [
            "-----Orijinal Mesaj-----",
            "----- Özgün İleti -----",
            "-------- Orijinal mesaj --------",
            "---------- Yönlendirilen ileti ---------",
            "---------- İletilen mesaj ----------",
            "İletilen ileti başlangıcı:",
            "-----Original Message-----",
            "________ Original Message ________",
            "---------- Forwarded message ---------",
            "---- Forwarded by Ayşe Yılmaz ----",
            "Begin forwarded message:",
            "-----Ursprüngliche Nachricht-----",
            "-------- Weitergeleitete Nachricht --------",
            "-----Message d'origine-----",
            "-----Mensaje original-----",
            "-----Messaggio originale-----",
            "-----Oorspronkelijk bericht-----",
            "-----Исходное сообщение-----",
            "-------- Пересылаемое сообщение --------",
            "-----Mensagem original-----",
            "-----Wiadomość oryginalna-----",
            "##- Lütfen yanıtınızı bu satırın üzerine yazın -##",
            "##- Please type your reply above this line -##",
        ] {
            assert!(is_cut(text), "{text}");
        }
    }

    #[test]
    fn sentences_and_rules_are_none() {
        for text in [
            "-----",
            "----------------",
            "--- Önemli ---",
            "-- ",
            "Orijinal mesajı ekte gönderiyorum:",
            "Orijinal mesaj",
            "* original ürün istiyorum *",
            "Please reply above this line if you can",
            "--- orijinal ürün mü bu, yoksa başka bir yerden mi aldınız ---",
        ] {
            assert!(!is_cut(text), "{text}");
        }
    }
}
