//! The line above a quote: «Ayşe Yılmaz <ayse@ornek.test>, 20 Kas 2026 Cum, 14:05 tarihinde şunu yazdı:»,
//! "On Fri, Nov 20, 2026 at 2:05 PM Ayşe wrote:", also wrapped over up to four lines.
//!
//! It ends with a colon and tells who wrote when. A verb is a strong sign, but an address with a date and a
//! time says as much in any language. Where quoted lines follow, little is asked; where none do, a sentence of
//! the writer's own must not be taken for it, so all of it must be there and nobody be called «bana» or "me".

use super::lines::{Mark, View};
use super::signs::{has_address, has_date, has_time, has_verb};
use super::words::{FIRST_PERSON, OPENERS, fold, has_word};

/// Lines one attribution may be wrapped over.
const LINES_MAX: usize = 4;
/// Characters of an attribution; a longer one is a paragraph.
const CHARS_MAX: usize = 400;
/// Signs at which mail programs wrap: a line with its next word that falls short of this was not wrapped.
const WRAP_MIN: usize = 60;

/// The first line of an attribution that ends at `end`, with a quote to follow.
pub(super) fn weak_until(views: &[View<'_>], end: usize) -> Option<usize> {
    if views[end].mark == Mark::Attribution {
        return Some(marked_from(views, end));
    }
    let start = start_of(views, end)?;
    let signs = Signs::of(&joined(&views[start..=end]));
    let is_signed = signs.verb || signs.address && (signs.date || signs.time) || signs.date && signs.time;
    // Without its colon it must name both, and the quote must follow at once.
    let is_bare = signs.address && signs.date && views.len() > end + 1;
    (signs.ends && is_signed || is_bare || has_closed_form(views[end].text)).then_some(start)
}

/// The first line of an attribution that ends at `end` and needs no quote marks below it to be one.
pub(super) fn strong_until(views: &[View<'_>], end: usize) -> Option<usize> {
    let is_closed = has_closed_form(views[end].text);
    if !ends(views[end].text) && !is_closed && !ends_with_verb(views[end].text) {
        return None;
    }
    let start = start_of(views, end)?;
    let text = joined(&views[start..=end]);
    let signs = Signs::of(&text);
    let is_whole = signs.verb && signs.address && (signs.date || signs.time)
        || signs.verb && signs.date && signs.time
        || signs.address && signs.date && signs.time
        || signs.verb && is_name_and_address(&text);
    let is_complete = signs.verb && signs.address && signs.date && signs.time;
    let is_apart = start == 0
        || views[start - 1].is_blank()
        || views[end].mark == Mark::Attribution
        || is_complete
        || signs.verb && begins_with_opener(views[start].text);
    if !signs.ends && !is_closed && !is_complete {
        return None;
    }
    ((is_whole || is_closed) && is_apart && !signs.first_person).then_some(start)
}

/// Words between dashes that need no date: `---- Ayşe Yılmaz wrote ----`.
const FRAMED_WORDS_MAX: usize = 7;

/// Forms that need no colon: Zoho's `---- On Fri, 20 Nov 2026 … wrote ----`, and `2026-11-20 14:05 GMT+03:00 Ayşe`.
fn has_closed_form(text: &str) -> bool {
    let is_framed = text.starts_with("---") && text.trim_end_matches(' ').ends_with("---");
    if is_framed && text.len() > 10 {
        let folded = fold(text);
        let is_name = folded.split(' ').count() <= FRAMED_WORDS_MAX;
        return has_verb(&folded) && (is_name || has_date(&folded) && has_time(&folded));
    }
    let zone = text.get(10..).and_then(|rest| rest.find(" GMT")).is_some_and(|at| at < 10);
    let is_date = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'/');
    zone && text.len() < 120 && text.bytes().take(10).all(is_date)
}

/// `Ayşe Yılmaz <ayse@ornek.test> wrote:` and nothing besides.
fn is_name_and_address(text: &str) -> bool {
    let Some((name, rest)) = text.split_once('<') else { return false };
    let Some((address, verb)) = rest.split_once('>') else { return false };
    let words = |text: &str| text.split_whitespace().count();
    address.contains('@') && !address.contains(' ') && (1..=5).contains(&words(name)) && words(verb) <= 2
}

/// `… <ayse@ornek.test> wrote`, its colon lost.
fn ends_with_verb(text: &str) -> bool {
    text.contains('>') && has_verb(&fold(text.rsplit('>').next().unwrap_or_default()))
}

fn ends(text: &str) -> bool {
    let text = text.trim_end_matches(['*', '_', ' ', '\u{A0}']);
    text.ends_with([':', '：']) || text.ends_with(":>")
}

fn marked_from(views: &[View<'_>], end: usize) -> usize {
    (0..=end)
        .rev()
        .take_while(|at| views[*at].mark == Mark::Attribution || views[*at].is_blank())
        .last()
        .unwrap_or(end)
}

/// Walks up over the lines that were wrapped into the one at `end`.
fn start_of(views: &[View<'_>], end: usize) -> Option<usize> {
    let mut start = end;
    while start > 0 && end - start + 1 < LINES_MAX + 1 {
        if is_wrapped(&views[start - 1], &views[start]) {
            start -= 1;
        } else if start > 1 && views[start - 1].is_blank() && is_torn(&views[start - 2], &views[start]) {
            start -= 2;
        } else {
            break;
        }
    }
    // The longest run is taken that begins as an attribution does.
    (start..=end).find(|at| *at == end || begins(views[*at].text))
}

/// An address that some program put below an empty line.
fn is_torn(line: &View<'_>, next: &View<'_>) -> bool {
    next.text.starts_with('<') && !line.is_quoted() && begins_with_opener(line.text)
}

/// Whether `line` was broken before the first word of `next`.
fn is_wrapped(line: &View<'_>, next: &View<'_>) -> bool {
    if line.is_blank() || line.is_quoted() || line.text.ends_with([':', '!', '?', ';']) {
        return false;
    }
    if line.text.ends_with('.') && !begins(line.text) {
        return false;
    }
    let word = next.text.split_whitespace().next().unwrap_or_default();
    let length = line.text.chars().count() + 1 + word.chars().count();
    length >= WRAP_MIN
        || begins_with_opener(line.text)
        || next.text.starts_with('<')
        || line.text.trim_end_matches(',').ends_with(['>', '<'])
        || is_verb(next.text) && is_dated(line.text)
}

/// Nothing but «şunu yazdı:».
fn is_verb(text: &str) -> bool {
    text.split_whitespace().count() <= 3 && ends(text) && has_verb(&fold(text))
}

fn is_dated(text: &str) -> bool {
    let folded = fold(text);
    has_date(&folded) && has_time(&folded)
}

/// It names a time or an address, or begins with the first word of an attribution.
fn begins(text: &str) -> bool {
    let folded = fold(text);
    begins_with_opener(text) || has_address(&folded) || has_date(&folded)
}

fn begins_with_opener(text: &str) -> bool {
    let folded = fold(text);
    let first = folded.trim_start_matches(['*', '-', ' ', '_']).split(' ').next().unwrap_or_default();
    OPENERS.contains(&first) && (has_date(&folded) || has_time(&folded))
}

fn joined(views: &[View<'_>]) -> String {
    views.iter().map(|view| view.text).collect::<Vec<_>>().join(" ")
}

/// What a line tells.
#[derive(Debug, Default)]
struct Signs {
    ends: bool,
    verb: bool,
    address: bool,
    date: bool,
    time: bool,
    first_person: bool,
}

impl Signs {
    fn of(text: &str) -> Signs {
        if text.chars().count() > CHARS_MAX {
            return Signs::default();
        }
        let folded = fold(text);
        Signs {
            ends: ends(text),
            verb: has_verb(&folded),
            address: has_address(&folded),
            date: has_date(&folded),
            time: has_time(&folded),
            first_person: FIRST_PERSON.iter().any(|word| has_word(&folded, word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::*;

    fn strong(text: &str) -> Option<usize> {
        let lines: Vec<Line> = text.lines().map(Line::plain).collect();
        let views: Vec<View<'_>> = lines.iter().map(View::of).collect();
        strong_until(&views, views.len() - 1)
    }

    #[test]
    fn the_forms_of_all_programs_and_languages_are_known() {
        for text in [
            "Ayşe Yılmaz <ayse@ornek.test>, 20 Kas 2026 Cum, 14:05 tarihinde şunu yazdı:",
            "20 Kasım 2026 Cuma 14:05 tarihinde Ayşe Yılmaz <ayse@ornek.test> yazdı:",
            "20 Kas 2026 Cum, saat 14:05 tarihinde Ayşe Yılmaz adlı kişi şunu yazdı:",
            "Ayşe Yılmaz <ayse@ornek.test> şunları yazdı (20 Kas 2026 14:05):",
            "20.11.2026 14:05 tarihinde Ayşe Yılmaz yazdı:",
            "20.11.2026, 14:05, \"Ayşe Yılmaz\" <ayse@ornek.test>:",
            "20/11/2026 14:05, AYSE YILMAZ YAZDI:",
            "On Fri, Nov 20, 2026 at 2:05 PM Ayşe Yılmaz <ayse@ornek.test> wrote:",
            "On 20.11.26 14:05, Ayşe Yılmaz wrote:",
            "*On 20/11/2026 at 14:05, Ayşe wrote:*",
            "Am Fr., 20. Nov. 2026 um 14:05 Uhr schrieb Ayşe Yılmaz <ayse@ornek.test>:",
            "Le ven. 20 nov. 2026 à 14:05, Ayşe Yılmaz <ayse@ornek.test> a écrit :",
            "El vie, 20 nov 2026 a las 14:05, Ayşe (<ayse@ornek.test>) escribió:",
            "Il giorno ven 20 nov 2026 alle ore 14:05 Ayşe <ayse@ornek.test> ha scritto:",
            "Em sex., 20 de nov. de 2026 às 14:05, Ayşe <ayse@ornek.test> escreveu:",
            "Op vr 20 nov. 2026 om 14:05 schreef Ayşe <ayse@ornek.test>:",
            "пт, 20 нояб. 2026 г. в 14:05, Ayşe <ayse@ornek.test>:",
            "20.11.2026 14:05, Айше пишет:",
            "Пятница, 20 ноября 2026, 14:05 +03:00 от Ayşe <ayse@ornek.test>:",
            "pt., 20 lis 2026 o 14:05 Ayşe <ayse@ornek.test> napisał(a):",
            "W dniu 20.11.2026 o 14:05, Ayşe pisze:",
            "Ayşe <ayse@ornek.test> 于2026年11月20日周五 14:05写道：",
            "2026年11月20日(金) 14:05 Ayşe <ayse@ornek.test>:",
            "---- On Fri, 20 Nov 2026 14:05:11 +0300 Ayşe <ayse@ornek.test> wrote ----",
            "2026-11-20 14:05 GMT+03:00 Ayşe Yılmaz",
            "Ayşe Yılmaz <ayse@ornek.test> şunu yazdı:",
        ] {
            assert_eq!(strong(text), Some(0), "{text}");
        }
    }

    #[test]
    fn a_wrapped_one_is_found_from_its_first_line() {
        for text in [
            "Ayşe Yılmaz Öztürk <ayse.yilmaz.ozturk@ornek.test>, 20 Kas 2026 Cum,\n14:05 tarihinde şunu yazdı:",
            "On Fri, Nov 20, 2026 at 2:05 PM Ayşe\n<ayse@ornek.test> wrote:",
            "On Fri, Nov 20, 2026 at 2:05 PM Ayşe Yılmaz via Destek\nEkibi ve Ortakları\n<ayse@ornek.test>\nwrote:",
            "20 Kasım 2026 Cuma 14:05 tarihinde Ayşe Yılmaz\n<ayse@ornek.test> yazdı:",
        ] {
            assert_eq!(strong(text), Some(0), "{text}");
        }
        assert_eq!(strong("Tamam.\nAyşe Yılmaz, 20 Kas 2026 14:05 tarihinde şunu yazdı:"), None);
        assert_eq!(
            strong("Tamam.\nAyşe <ayse@ornek.test>, 20 Kas 2026 14:05 tarihinde şunu yazdı:"),
            Some(1)
        );
        assert_eq!(
            strong("Tamam.\n\nAyşe <ayse@ornek.test>, 20 Kas 2026 14:05 tarihinde şunu yazdı:"),
            Some(2)
        );
    }

    #[test]
    fn a_sentence_of_the_writers_own_is_none() {
        for text in [
            "Dün 14:30'da müdürünüz bana şunu yazdı:",
            "20.11.2026 14:05 tarihinde Ayşe Hanım bana şunu yazdı:",
            "On 20 Nov 2026 at 14:05 he wrote to me:",
            "Kargo firması şunu yazdı:",
            "Ekibinizden biri 20 Kasım'da yazdı:",
            "Toplantı 20.11.2026 14:05 saatinde:",
            "Adresim ayse@ornek.test, doğum tarihim 20.11.1990:",
            "20 Kasım 2026 14:05 tarihinde yazdı",
        ] {
            assert_eq!(strong(text), None, "{text}");
        }
    }
}
