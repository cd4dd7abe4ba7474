//! Signatures: after `-- `, a program's advertisement, a block of contacts, a legal notice.
//!
//! Only the end of what the writer says is looked at, and never all of it: a line that merely reads like a
//! signature stays where words follow it.
//!
//! | file | what it knows |
//! |---|---|
//! | `advertisement` | «iPhone'umdan gönderildi» and its kin |
//! | `legal` | notices of lawyers, requests to spare paper, warnings of a company's server |
//! | `contacts` | closing formulas, names, titles, numbers |

mod advertisement;
mod contacts;
mod legal;

use super::lines::{Mark, View};
use super::words::fold;
use super::{Section, divider, lines};

/// Lines and characters of what may follow each kind of mark.
struct Limit {
    lines: usize,
    chars: usize,
}

const AFTER_MARK: Limit = Limit { lines: 40, chars: 3_000 };
const AFTER_DASHES: Limit = Limit { lines: 15, chars: 1_000 };
const AFTER_RULE: Limit = Limit { lines: 8, chars: 500 };
/// Lines from the end among which a closing formula is sought.
const CLOSING_LINES: usize = 14;
const LINE_CHARS_MAX: usize = 120;
/// Lines of a server's warning.
const BANNER_LINES_MAX: usize = 4;
/// Lines of a block of contacts, and characters said above it: a telephone number alone may be the answer.
const CONTACT_LINES: std::ops::RangeInclusive<usize> = 3..=12;
const SAID_CHARS_MIN: usize = 25;
/// Signatures below one another.
const BLOCKS_MAX: usize = 4;

pub(super) fn assign(views: &[View<'_>], sections: &mut [Section]) {
    for (at, view) in views.iter().enumerate() {
        if view.mark == Mark::Signature && sections[at] == Section::Reply {
            sections[at] = Section::Signature;
        }
    }
    dashes(views, sections);
    armour(views, sections);
    banner(views, sections);
    let is_own = |at: &usize| sections[*at] == Section::Reply && !views[*at].is_blank();
    let Some(last) = (0..views.len()).rev().find(is_own) else { return };
    // A signature stands below the last quote that was answered.
    let is_said = |at: &usize| sections[*at] == Section::Reply && !views[*at].is_quoted();
    let Some(first) = (0..=last).rev().take_while(is_said).last() else { return };
    if let Some(start) = start_within(views, first, last + 1) {
        sections[start..=last].fill(Section::Signature);
    }
}

/// The dashes above a signature that the mail program marked, when it left them outside.
fn dashes(views: &[View<'_>], sections: &mut [Section]) {
    for at in 1..views.len() {
        let is_first = sections[at] == Section::Signature && sections[at - 1] == Section::Reply;
        if is_first
            && let Some(before) = lines::text_before(views, at)
            && sections[before] == Section::Reply
            && limit(&views[before]).is_some()
        {
            sections[before..at].fill(Section::Signature);
        }
    }
}

/// The lines PGP puts above a text that is signed inside the mail.
fn armour(views: &[View<'_>], sections: &mut [Section]) {
    let Some(start) = views.iter().position(|view| !view.is_blank()) else { return };
    if views[start].text == "-----BEGIN PGP SIGNED MESSAGE-----" {
        let end = (start..views.len()).find(|at| views[*at].is_blank()).unwrap_or(views.len());
        sections[start..end].fill(Section::Signature);
    }
}

/// The warning a server puts above the text.
fn banner(views: &[View<'_>], sections: &mut [Section]) {
    let Some(start) = views.iter().position(|view| !view.is_blank()) else { return };
    let end = (start..views.len()).find(|at| views[*at].is_blank()).unwrap_or(views.len());
    let is_banner = (start..end).any(|at| legal::is_banner(views[at].text));
    if is_banner
        && end - start <= BANNER_LINES_MAX
        && sections[start..end].iter().all(|at| *at == Section::Reply)
    {
        sections[start..end].fill(Section::Signature);
    }
}

/// The first line of the signature that ends the lines from `first` up to `end`.
pub(super) fn start_within(views: &[View<'_>], first: usize, end: usize) -> Option<usize> {
    let lines: Vec<usize> = (first..end).filter(|at| !views[*at].is_blank()).collect();
    let mut found: Option<usize> = None;
    let mut rest = lines.as_slice();
    // One may stand below another: contacts, then a notice, then the telephone's advertisement.
    for _ in 0..BLOCKS_MAX {
        let Some(at) =
            [marked, advertised, notified, closed, contacts, named].iter().find_map(|rule| rule(views, rest))
        else {
            break;
        };
        // The line that was drawn above it is a part of it.
        let at = (0..at).rev().take_while(|at| is_rule(views[rest[*at]].text)).last().unwrap_or(at);
        found = Some(rest[at]);
        rest = &rest[..at];
    }
    found
}

/// After a line of dashes.
fn marked(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    (0..lines.len()).find(|at| {
        let view = &views[lines[*at]];
        // A rule right below a line underlines it.
        let is_apart = view.text == "--" || *at == 0 || views[lines[*at] - 1].is_blank();
        let is_mark =
            limit(view).is_some_and(|limit| at + 1 < lines.len() && fits(views, &lines[at + 1..], &limit));
        is_mark && is_apart || view.text.starts_with("-----BEGIN PGP SIGNATURE")
    })
}

fn limit(view: &View<'_>) -> Option<Limit> {
    match view.text {
        "--" if view.whole.ends_with([' ', '\u{A0}']) => Some(AFTER_MARK),
        "--" | "—" | "––" | "- -" => Some(AFTER_DASHES),
        "---" | "__" | "___" | "——" => Some(AFTER_RULE),
        text if divider::is_drawn(text) && text.starts_with(['_', '-']) => Some(AFTER_RULE),
        _ => None,
    }
}

fn fits(views: &[View<'_>], lines: &[usize], limit: &Limit) -> bool {
    // Below a mere rule a question is no part of a signature.
    let is_asked =
        || limit.lines == AFTER_RULE.lines && lines.iter().any(|at| views[*at].text.ends_with('?'));
    lines.len() <= limit.lines
        && lines.iter().map(|at| views[*at].text.len()).sum::<usize>() <= limit.chars
        && !is_asked()
}

/// «iPhone'umdan gönderildi» as the last thing, perhaps with its link below.
fn advertised(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    let from = lines.len().saturating_sub(3);
    (from..lines.len()).find(|at| {
        advertisement::is_advertisement(views[lines[*at]].text)
            && lines[at + 1..].iter().all(|line| is_link_or_advertisement(views[*line].text))
    })
}

fn is_link_or_advertisement(text: &str) -> bool {
    let is_link = text.trim_start_matches(['<', '(', '[']).starts_with("http") && !text.contains(' ');
    is_link || advertisement::is_advertisement(text)
}

/// A legal notice to the end.
fn notified(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    (0..lines.len()).find(|at| {
        let line = lines[*at];
        let starts_paragraph =
            line == 0 || views[line - 1].is_blank() || *at == 0 || is_rule(views[line - 1].text);
        let is_last = *at + 1 == lines.len();
        starts_paragraph && legal::is_legal(lines[*at..].iter().map(|line| views[*line].text))
            || is_last && legal::spares_paper(views[line].text)
    })
}

fn is_rule(text: &str) -> bool {
    text.chars().all(|sign| matches!(sign, '*' | '-' | '_' | '=' | '.'))
}

/// A closing formula with a name and at least one way to reach its owner below it, or his title.
fn closed(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    let from = lines.len().saturating_sub(CLOSING_LINES);
    (from..lines.len()).find(|at| {
        let below = &lines[at + 1..];
        below.len() >= 2
            && contacts::is_closing(views[lines[*at]].text)
            && below.iter().all(|line| is_short(&views[*line]))
            && below.iter().any(|line| is_contact_or_position(&views[*line]))
    })
}

/// The last paragraph, when it begins with a name and goes on with ways to reach its owner, and something was said
/// above it.
fn contacts(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    let start = last_paragraph(views, lines)?;
    let (said, block) = lines.split_at(start);
    let before = views[*said.last()?].text;
    let is_block = CONTACT_LINES.contains(&block.len())
        && contacts::begins_with_name(views[block[0]].text)
        && block.iter().all(|line| is_short(&views[*line]) && !views[*line].text.ends_with(['?', '!']))
        && block[1..].iter().filter(|line| is_contact_or_position(&views[**line])).count() >= 2;
    let is_said = said.iter().any(|line| views[*line].text.chars().count() >= SAID_CHARS_MIN);
    (is_block && is_said && !before.ends_with(':')).then_some(start)
}

/// `- Ayşe Yılmaz` as the last line, apart from all others.
fn named(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    let start = last_paragraph(views, lines)?;
    let (said, block) = lines.split_at(start);
    let text = views[block[0]].text;
    let name = text.strip_prefix(['-', '–', '—', '~'])?.trim_start();
    let before = views[*said.last()?].text;
    let is_list = before.ends_with(':') || before.starts_with(['-', '–', '—', '*', '•']);
    (block.len() == 1 && contacts::is_name(name) && !is_list).then_some(start)
}

/// Where the last run of lines without an empty one begins, when others stand above it.
fn last_paragraph(views: &[View<'_>], lines: &[usize]) -> Option<usize> {
    let is_apart = |at: &usize| views[lines[*at] - 1].is_blank();
    (1..lines.len()).rev().find(is_apart)
}

fn is_short(view: &View<'_>) -> bool {
    view.text.chars().count() <= LINE_CHARS_MAX
}

fn is_contact_or_position(view: &View<'_>) -> bool {
    let folded = fold(view.text);
    contacts::is_contact(&folded) || contacts::is_position(&folded)
}
