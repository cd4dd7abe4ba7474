//! The header lines that Outlook and others put above a mail they quote:
//!
//! ```text
//! Gönderen: Destek <destek@ornek.test>
//! Gönderilme: 20 Kasım 2026 Cuma 14:05
//! Kime: Ayşe Yılmaz
//! Konu: Talebiniz
//! ```

use super::lines::View;
use super::signs::{has_date, has_time};
use super::words::{Label, fold, label};

/// Lines of one block, wrapped and empty ones included.
const LINES_MAX: usize = 16;
/// Lines without a label that one label's value may take.
const WRAPPED_MAX: usize = 4;
/// Characters of a label.
const NAME_BYTES_MAX: usize = 40;

/// Whether a block begins here: From first (or Date, with From below it), then enough of the others to be no
/// coincidence.
pub(super) fn starts_at(views: &[View<'_>], at: usize) -> bool {
    let Some((first, _)) = labelled(views[at].text) else { return false };
    if first != Label::From && first != Label::Sent && first != Label::Subject {
        return false;
    }
    let found = collect(&views[at..]);
    let has = |wanted: Label| found.iter().any(|(label, _)| *label == wanted);
    let dated = found.iter().any(|(label, value)| *label == Label::Sent && is_dated(value));
    let addressed =
        found.iter().any(|(label, value)| matches!(label, Label::From | Label::To) && value.contains('@'));
    let others =
        [Label::Sent, Label::To, Label::Subject, Label::Cc].into_iter().filter(|label| has(*label)).count();
    let is_block =
        has(Label::From) && others >= 2 && (dated && (has(Label::To) || has(Label::Subject)) || addressed);
    // A list that a customer wrote begins with whatever he likes; a program begins with From.
    is_block && (first == Label::From || dated && addressed && others >= 3) || is_on_one_line(views[at].text)
}

/// Whether three lines with any label stand here, one with a time or an address: below a drawn line that is enough
/// in any language.
pub(super) fn is_labelled(views: &[View<'_>], at: usize) -> bool {
    let lines = views[at..].iter().filter(|view| !view.is_blank()).take(4);
    let values: Vec<&str> =
        lines.map_while(|view| name_and_value(view.text).map(|(_, value)| value)).collect();
    values.len() >= 3 && values.iter().any(|value| value.contains('@') || is_dated(&fold(value)))
}

fn is_dated(folded: &str) -> bool {
    has_date(folded) || has_time(folded)
}

/// The labels below one another and their folded values.
fn collect(views: &[View<'_>]) -> Vec<(Label, String)> {
    let mut found: Vec<(Label, String)> = Vec::new();
    let (mut wrapped, mut blanks) = (0, 0);
    for view in views.iter().take(LINES_MAX) {
        if view.is_blank() {
            blanks += 1;
            if blanks > 1 && found.len() > 1 || blanks > 3 {
                break;
            }
            continue;
        }
        match labelled(view.text) {
            Some((label, _)) if found.iter().any(|(known, _)| *known == label) => break,
            Some((label, value)) => {
                found.push((label, fold(value)));
                wrapped = 0;
            }
            // An empty line or a full subject ends the block; addresses go on over several lines.
            None if blanks > 0 && found.len() >= 3 => break,
            None => {
                wrapped += 1;
                let Some((_, value)) = found.last_mut().filter(|_| wrapped <= WRAPPED_MAX) else { break };
                value.push(' ');
                value.push_str(&fold(view.text));
            }
        }
        blanks = 0;
    }
    found
}

/// `*Kimden:* Ayşe` → From and what stands behind it.
fn labelled(text: &str) -> Option<(Label, &str)> {
    let (name, value) = name_and_value(text)?;
    Some((label(&fold(name))?, value))
}

fn name_and_value(text: &str) -> Option<(&str, &str)> {
    let head = &text[..text.floor_char_boundary(NAME_BYTES_MAX)];
    let (at, sign) = head.char_indices().find(|(_, sign)| matches!(sign, ':' | '：'))?;
    let is_mark = |c: char| matches!(c, '*' | '_' | '|' | ' ' | '\u{A0}' | '\t' | '#');
    let name = text[..at].trim_matches(is_mark);
    (!name.is_empty()).then(|| (name, text[at + sign.len_utf8()..].trim_matches(is_mark)))
}

/// The whole block in one line, as some converters of HTML leave it.
fn is_on_one_line(text: &str) -> bool {
    let Some((Label::From, value)) = labelled(text) else { return false };
    let mut labels = 0;
    let (mut name, folded) = (String::new(), fold(value));
    for word in folded.split(' ') {
        match word.strip_suffix(':') {
            Some(last) => {
                let whole = format!("{name} {last}");
                labels += usize::from(label(whole.trim()).or_else(|| label(last)).is_some());
                name.clear();
            }
            None => name = word.to_owned(),
        }
    }
    labels >= 3 && (value.contains('@') || is_dated(&folded))
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::*;

    fn is_block(text: &str) -> bool {
        let lines: Vec<Line> = text.lines().map(Line::plain).collect();
        let views: Vec<View<'_>> = lines.iter().map(View::of).collect();
        starts_at(&views, 0)
    }

    #[test]
    fn blocks_of_all_programs_and_languages_are_known() {
        for text in [
            "Gönderen: Destek <destek@ornek.test>\nGönderilme: 20 Kasım 2026 Cuma 14:05\nKime: Ayşe\nKonu: Talep",
            "Kimden: Destek\nGönderme Tarihi: 20.11.2026 14:05\nKime: Ayşe\nBilgi: Veli\nKonu: Talep",
            "*Kimden:* Destek <destek@ornek.test>\n*Tarih:* 20 Kas 2026\n*Kime:* Ayşe\n*Konu:* Talep",
            "Kimden: destek@ornek.test\nKonu: Talep\nTarih: 20 Kasım 2026\nKime: Ayşe",
            "From: Destek [mailto:destek@ornek.test]\nSent: Friday, November 20, 2026 2:05 PM\nTo: Ayşe\nSubject: x",
            "From: Destek\n\nSent: 20 November 2026 14:05\n\nTo: Ayşe\n\nSubject: x",
            "Von: Destek\nGesendet: Freitag, 20. November 2026 14:05\nAn: Ayşe\nBetreff: x",
            "De : Destek <destek@ornek.test>\nEnvoyé : vendredi 20 novembre 2026 14:05\nÀ : Ayşe\nObjet : x",
            "De: Destek\nEnviado el: viernes, 20 de noviembre de 2026 14:05\nPara: Ayşe\nAsunto: x",
            "Da: Destek\nInviato: venerdì 20 novembre 2026 14:05\nA: Ayşe\nOggetto: x",
            "Van: Destek\nVerzonden: vrijdag 20 november 2026 14:05\nAan: Ayşe\nOnderwerp: x",
            "От: Destek\nОтправлено: 20 ноября 2026 г. 14:05\nКому: Ayşe\nТема: x",
            "Od: Destek\nWysłano: 20 listopada 2026 14:05\nDo: Ayşe\nTemat: x",
            "From: Destek <destek@ornek.test>\nTo: bir@ornek.test, iki@ornek.test,\n  uc@ornek.test\nSubject: x",
            "Gönderen: Destek <destek@ornek.test> Tarih: 20 Kasım 2026 14:05 Kime: Ayşe Konu: Talep",
        ] {
            assert!(is_block(text), "{text}");
        }
    }

    #[test]
    fn a_list_the_customer_wrote_is_no_block() {
        for text in [
            "Konu: iade\nTarih: 20.11.2026\nAd: Ayşe",
            "Kimden: Ahmet\nKime: Mehmet",
            "Kimden: Ahmet\nKime: Mehmet\nKonu: kargo",
            "Tarih: 20.11.2026 14:05\nKonu: kargo\nKime: depo",
            "From: İstanbul\nTo: Ankara",
            "Gönderen: Ahmet bey aradı",
        ] {
            assert!(!is_block(text), "{text}");
        }
    }
}
