//! HTML → lines of text: paragraphs and lists kept apart, quotes with `>` in front, each line with what the mail
//! program said about it. One pass, no recursion, no tree; the depth that is followed is bounded.
//!
//! | file | what it does |
//! |---|---|
//! | `kind` | elements by their names |
//! | `nesting` | elements that are open, and what they change |
//! | `writing` | the line being written |

mod kind;
mod nesting;
mod writing;

use super::super::split::{Line, Mark};
use super::entities;
use super::marks::{Meaning, meaning};
use super::token::{Tag, Token, Tokens};
use kind::{Kind, is_tight};

/// Open elements that are followed; deeper ones are only text.
const OPEN_MAX: usize = 2_000;
/// Lines of one page.
const LINES_MAX: usize = 50_000;
/// Bytes of all lines: more than is kept of any text.
const LINES_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of all picture texts.
const ALTS_BYTES_MAX: usize = 2_000;

/// The lines of a page, each with the place in the page at which what came before it ends. A page of pictures alone
/// gives their texts.
pub(super) fn lines(html: &str) -> Vec<(Line, usize)> {
    let mut layout = Layout::default();
    let mut tokens = Tokens::of(html);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => layout.text(text),
            Token::Open(tag) => layout.open(&tag),
            Token::Close(name) => layout.close(name),
        }
        let is_content = match token {
            Token::Text(text) => !text.trim().is_empty(),
            Token::Open(tag) => Kind::of(tag.name) == Kind::Image,
            Token::Close(_) => false,
        };
        if is_content {
            layout.content_end = html.len() - tokens.rest().len();
        }
        if layout.lines.len() > LINES_MAX || layout.written > LINES_BYTES_MAX {
            break;
        }
    }
    layout.flush();
    layout.into_lines()
}

/// An element that changes what stands inside it; closing it undoes the change.
struct Open<'a> {
    name: &'a str,
    mark: Mark,
    meaning: Meaning,
}

#[derive(Default)]
struct Layout<'a> {
    lines: Vec<(Line, usize)>,
    /// Bytes of all lines so far.
    written: usize,
    current: String,
    /// Where the content before the current line ends.
    start: usize,
    /// Where the last text or picture ends.
    content_end: usize,
    /// What the list writes before the next line.
    bullet: String,
    /// The page asked for an empty line before the next one.
    has_gap: bool,
    /// The paragraph asks for none.
    is_tight: bool,
    blanks: usize,
    /// The place the next line stands at.
    place: Mark,
    open: Vec<Open<'a>>,
    mark: Mark,
    quotes: usize,
    quotes_before: usize,
    pre: usize,
    hidden: usize,
    /// The next number of each open list; none for bullets.
    lists: Vec<Option<u32>>,
    alts: String,
}

impl<'a> Layout<'a> {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 || text.is_empty() {
            return;
        }
        if self.current.is_empty() {
            self.start = self.content_end;
        }
        let mut decoded = String::with_capacity(text.len());
        entities::push_decoded(&mut decoded, text);
        if self.pre > 0 {
            return self.preformatted(&decoded);
        }
        for letter in decoded.chars() {
            match letter {
                ' ' | '\t' | '\n' | '\r' | '\u{C}' => {
                    if !self.current.is_empty() && !self.current.ends_with(' ') {
                        self.current.push(' ');
                    }
                }
                '\u{A0}' => self.current.push('\u{A0}'),
                letter if is_invisible(letter) => {}
                letter => self.current.push(letter),
            }
        }
    }

    fn preformatted(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.end_line();
            }
            self.current.push_str(line.trim_end_matches('\r'));
        }
    }

    fn open(&mut self, tag: &Tag<'a>) {
        let kind = Kind::of(tag.name);
        match kind {
            Kind::Break => return self.end_line(),
            Kind::Image => return self.image(tag),
            Kind::Cell => self.cell(),
            Kind::Paragraph => self.start_paragraph(is_tight(tag)),
            Kind::Inline => {}
            _ => self.flush(),
        }
        if kind == Kind::Paragraph && self.open.last().is_some_and(|open| open.name.eq_ignore_ascii_case("p"))
        {
            self.leave(self.open.len() - 1);
        }
        let meaning = meaning(tag);
        let changes =
            meaning != Meaning::Nothing || kind.changes_inside() || self.is_nested_in_marked(kind, tag.name);
        if !kind.is_void() && (changes || kind == Kind::Block) && self.open.len() < OPEN_MAX {
            self.enter(tag.name, kind, meaning);
        }
        if kind == Kind::Item {
            self.item();
        }
    }

    fn cell(&mut self) {
        if !self.current.trim().is_empty() && !self.current.ends_with(' ') {
            self.current.push(' ');
        }
    }

    fn item(&mut self) {
        let depth = self.lists.len().clamp(1, 8);
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.bullet = "  ".repeat(depth - 1) + &sign;
    }

    fn image(&mut self, tag: &Tag<'_>) {
        let alt = tag.attribute("alt").unwrap_or_default().trim();
        if self.hidden == 0 && !alt.is_empty() && self.alts.len() + alt.len() < ALTS_BYTES_MAX {
            entities::push_decoded(&mut self.alts, alt);
            self.alts.push('\n');
        }
    }
}

/// Signs that newsletters fill their previews with.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}' | '\u{2060}' | '\0')
}
