//! The pieces of a mail's text → one text, and what of it is reply, quote and signature.

use super::html::{self, Page};
use super::mime::Piece;
use super::split::{Line, Mark, Sections, split};

/// Characters of text that are kept; the raw mail keeps the rest.
const TEXT_CHARS_MAX: usize = 200_000;

/// What a mail says.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) text: String,
    /// Something was cut off.
    pub(super) is_cut: bool,
    pub(super) sections: Sections,
    pub(super) page: Option<Page>,
}

/// Plain text where there is one, the text of the HTML where there is none.
/// `is_short` says that the pieces are not all there was.
pub(super) fn compose(pieces: Vec<Piece>, is_short: bool) -> Body {
    let mut lines: Vec<Line> = Vec::new();
    for piece in pieces.iter().map(lines_of).filter(|lines| !lines.is_empty()) {
        if lines.len() > TEXT_CHARS_MAX {
            break;
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(piece);
    }
    let is_cut = cut(&mut lines) || is_short;
    let sections = split(&lines);
    let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for line in &lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text.truncate(text.trim_end_matches('\n').len());
    let start = text.len() - text.trim_start_matches('\n').len();
    Body { text: text.split_off(start), is_cut, sections, page: page(pieces) }
}

fn lines_of(piece: &Piece) -> Vec<Line> {
    let is_blank = |line: &Line| line.text.trim().is_empty();
    let mut lines: Vec<Line> = match (&piece.plain, &piece.html) {
        (Some(plain), _) => {
            let lines = plain.lines().skip_while(|line| line.trim().is_empty());
            // One more than what is kept, so that the cut is noticed.
            lines.take(TEXT_CHARS_MAX + 1).map(|line| Line { text: tidy(line), mark: Mark::None }).collect()
        }
        (None, Some(html)) => html::lines(html).into_iter().skip_while(is_blank).collect(),
        (None, None) => Vec::new(),
    };
    while lines.last().is_some_and(is_blank) {
        lines.pop();
    }
    lines
}

/// A line that can be stored: no NUL, no space at its end but the one that makes `-- ` a signature's mark.
fn tidy(line: &str) -> String {
    let trimmed = line.trim_end();
    let kept = if trimmed == "--" && line.starts_with("-- ") { "-- " } else { trimmed };
    if kept.contains('\0') { kept.replace('\0', "") } else { kept.to_owned() }
}

/// Cuts the text at its bound.
fn cut(lines: &mut Vec<Line>) -> bool {
    let mut left = TEXT_CHARS_MAX;
    for at in 0..lines.len() {
        let line = &mut lines[at].text;
        if line.len() >= left {
            let end = line.char_indices().nth(left).map(|(end, _)| end);
            if let Some(end) = end {
                line.truncate(end);
                lines.truncate(at + 1);
                return true;
            }
        }
        left = left.saturating_sub(line.chars().count() + 1);
        if left == 0 && at + 1 < lines.len() {
            lines.truncate(at + 1);
            return true;
        }
    }
    false
}

/// The HTML for showing, with the plain pieces between it; none when all is plain.
fn page(pieces: Vec<Piece>) -> Option<Page> {
    if pieces.iter().all(|piece| piece.html.is_none()) {
        return None;
    }
    let html: Vec<String> = pieces
        .into_iter()
        .map(|piece| piece.html.unwrap_or_else(|| html::escaped(&piece.plain.unwrap_or_default())))
        .collect();
    Some(Page::new(html.join("\n")))
}
