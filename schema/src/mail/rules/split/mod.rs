//! What a writer says himself, what he quotes, and his signature.
//!
//! Nothing is thrown away: every line of a mail is in exactly one of the three pieces, and a mail of which
//! everything seemed to be quote is all reply. Turkish comes first, nine other languages after it; most of the
//! work is done by signs that need no language (`>`, addresses, dates, the marks of mail programs).
//!
//! | file | what it finds |
//! |---|---|
//! | `lines` | lines with their depth of quoting |
//! | `attribution` | «… tarihinde şunu yazdı:», "On … wrote:" and their kin, also wrapped |
//! | `block` | the header lines Outlook puts above what it quotes |
//! | `divider` | «-----Orijinal Mesaj-----», forwarded mail, "reply above this line" |
//! | `quotes` | which runs of quoted lines were answered one by one, and which only hang below |
//! | `signature` | `-- `, «iPhone'umdan gönderildi», contact blocks, legal notices |
//! | `signs` | verbs, addresses, dates and times in a line |
//! | `words` | the words of all languages |

mod attribution;
mod block;
mod divider;
mod lines;
mod quotes;
mod signature;
mod signs;
mod words;

use lines::View;
pub(super) use lines::{Line, Mark};
pub(crate) use words::fold;

/// A mail's text in its three pieces. Empty lines around each are left out, no other line is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections {
    /// What the writer says, with the quotes he answers one by one. Never empty when the mail is not.
    pub reply: String,
    /// Earlier mails, with the lines that introduce them.
    pub quoted: String,
    pub signature: String,
}

/// Which piece a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Reply,
    Quoted,
    Signature,
}

/// Splits plain text.
pub fn split_reply(text: &str) -> Sections {
    split(&text.lines().map(Line::plain).collect::<Vec<_>>())
}

/// Splits the text of a page, with the help of what the mail program left in it.
pub fn split_html(html: &str) -> Sections {
    split(&super::html::lines(html))
}

pub(super) fn split(lines: &[Line]) -> Sections {
    let sections = sections_of(lines);
    let piece = |wanted: Section| piece(lines, &sections, wanted);
    Sections {
        reply: piece(Section::Reply),
        quoted: piece(Section::Quoted),
        signature: piece(Section::Signature),
    }
}

/// The lines of one piece. Where others stood between them one empty line is enough.
fn piece(lines: &[Line], sections: &[Section], wanted: Section) -> String {
    let mut text = String::new();
    let mut is_after_gap = true;
    for (line, section) in lines.iter().zip(sections) {
        if *section != wanted {
            is_after_gap = true;
            continue;
        }
        let is_blank = line.text.trim().is_empty();
        if is_blank && is_after_gap && (text.is_empty() || text.ends_with("\n\n")) {
            continue;
        }
        is_after_gap &= is_blank;
        text.push_str(&line.text);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// The piece of each line.
pub(super) fn sections_of(lines: &[Line]) -> Vec<Section> {
    let views = lines::views(lines);
    let mut sections = vec![Section::Reply; lines.len()];
    let cut = first_cut(&views).unwrap_or(views.len());
    sections[cut..].fill(Section::Quoted);
    quotes::assign(&views[..cut], &mut sections);
    signature::assign(&views[..cut], &mut sections);
    let has_reply =
        views.iter().zip(&sections).any(|(view, section)| *section == Section::Reply && !view.is_blank());
    if !has_reply {
        sections.fill(Section::Reply);
    }
    sections
}

/// The first line from which on everything is quoted.
fn first_cut(views: &[View<'_>]) -> Option<usize> {
    let found = (0..views.len()).find_map(|at| cut_at(views, at))?;
    Some(divider::above(views, found))
}

fn cut_at(views: &[View<'_>], at: usize) -> Option<usize> {
    let view = &views[at];
    if view.mark == Mark::Cut {
        return Some(at);
    }
    if view.is_blank() || view.is_quoted() {
        return None;
    }
    if view.mark == Mark::Rule && block::is_labelled(views, at) || block::starts_at(views, at) {
        return Some(at);
    }
    let is_above_quote = || lines::next_text(views, at + 1).is_some_and(|next| views[next].is_quoted());
    if divider::is_cut(view.text) {
        return (!is_above_quote()).then_some(at);
    }
    let start = attribution::strong_until(views, at)?;
    (!is_above_quote()).then_some(start)
}

#[cfg(test)]
mod tests;
