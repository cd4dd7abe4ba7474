//! HTML → lines of text: paragraphs and lists kept apart, quotes with `>` in front, each line with what the mail
//! program said about it. One pass, no recursion, no tree; the depth that is followed is bounded.

use super::super::split::{Line, Mark};
use super::entities;
use super::marks::{Meaning, meaning};
use super::token::{Tag, Token, Tokens};

/// Open elements that are followed; deeper ones are only text.
const OPEN_MAX: usize = 2_000;
/// How far back the start of a closed element is sought.
const SEARCH_MAX: usize = 100;
/// Quote marks in front of a line.
const QUOTES_MAX: usize = 10;
/// Lines of one page.
const LINES_MAX: usize = 50_000;
/// Empty lines in a row.
const BLANKS_MAX: usize = 2;
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
        if layout.lines.len() > LINES_MAX {
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

    /// An element that would not be followed, inside one of its name that is: or else its end would end the other.
    fn is_nested_in_marked(&self, kind: Kind, name: &str) -> bool {
        let recent = self.open.len().saturating_sub(SEARCH_MAX);
        matches!(kind, Kind::Inline | Kind::Cell)
            && self.open[recent..].iter().any(|open| open.name.eq_ignore_ascii_case(name))
    }

    fn enter(&mut self, name: &'a str, kind: Kind, meaning: Meaning) {
        self.open.push(Open { name, mark: self.mark, meaning });
        match meaning {
            Meaning::Hidden => self.hidden += 1,
            Meaning::Mark(mark) => self.set(mark),
            Meaning::GmailQuote if kind != Kind::Quote => self.set(Mark::Quote),
            Meaning::GmailQuote | Meaning::Nothing => {}
        }
        match kind {
            Kind::Quote => {
                self.paragraph();
                self.quotes += 1;
            }
            Kind::Pre => {
                self.paragraph();
                self.pre += 1;
            }
            Kind::Bullets => self.lists.push(None),
            Kind::Numbers => self.lists.push(Some(1)),
            _ => {}
        }
    }

    /// Inside a quote all is quote, but for the line that introduces it.
    fn set(&mut self, mark: Mark) {
        match mark {
            // They mark a place, not what stands inside the element, which is often empty.
            Mark::Cut | Mark::Rule if self.mark == Mark::None => self.place = mark,
            Mark::Cut | Mark::Rule => {}
            Mark::Attribution => self.mark = mark,
            _ if self.mark == Mark::None => self.mark = mark,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match Kind::of(name) {
            Kind::Inline | Kind::Cell | Kind::Image => {}
            Kind::Break => return,
            Kind::Paragraph => self.start_paragraph(self.is_tight),
            _ => self.flush(),
        }
        let recent = self.open.len().saturating_sub(SEARCH_MAX);
        let found = self.open[recent..].iter().rposition(|open| open.name.eq_ignore_ascii_case(name));
        if let Some(at) = found {
            self.leave(recent + at);
        }
    }

    /// Closes an element and all that were left open inside it.
    fn leave(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(open) = self.open.pop() else { return };
            self.flush();
            self.mark = open.mark;
            self.hidden -= usize::from(open.meaning == Meaning::Hidden);
            match Kind::of(open.name) {
                Kind::Quote => self.end_quote(),
                Kind::Pre => {
                    self.pre -= 1;
                    self.paragraph();
                }
                Kind::Bullets | Kind::Numbers => {
                    self.lists.pop();
                    self.has_gap |= self.lists.is_empty();
                }
                _ => {}
            }
        }
    }

    fn end_quote(&mut self) {
        self.paragraph();
        self.quotes -= 1;
        let is_in_gmail = self.open.last().is_some_and(|open| open.meaning == Meaning::GmailQuote);
        if is_in_gmail && self.quotes == 0 {
            self.mark = Mark::None;
        }
    }

    fn start_paragraph(&mut self, is_tight: bool) {
        self.is_tight = is_tight;
        if is_tight { self.flush() } else { self.paragraph() }
    }

    fn paragraph(&mut self) {
        self.flush();
        self.has_gap = true;
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

    /// Ends the line even when it is empty.
    fn end_line(&mut self) {
        if self.hidden > 0 {
            return;
        }
        if self.current.trim().is_empty() {
            self.current.clear();
            self.blank();
        } else {
            self.flush();
        }
    }

    /// Ends the line when something stands on it.
    fn flush(&mut self) {
        if self.current.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.current).replace('\u{A0}', " ");
        if text.trim().is_empty() {
            // A paragraph of a hard space is how some programs write an empty line.
            return self.blank();
        }
        if std::mem::take(&mut self.has_gap) && !self.lines.is_empty() && self.blanks == 0 {
            let depth = self.quotes.min(self.quotes_before);
            self.push(depth, "");
        }
        self.blanks = 0;
        let text = if self.pre > 0 { text.trim_end() } else { text.trim() };
        let text = std::mem::take(&mut self.bullet) + text;
        self.quotes_before = self.quotes;
        self.push(self.quotes, &text);
    }

    fn blank(&mut self) {
        self.has_gap = false;
        self.blanks += 1;
        if self.blanks <= BLANKS_MAX && !self.lines.is_empty() {
            self.push(self.quotes, "");
        }
    }

    fn push(&mut self, depth: usize, text: &str) {
        let depth = depth.min(QUOTES_MAX);
        let mut line = String::with_capacity(text.len() + depth + 1);
        line.extend(std::iter::repeat_n('>', depth));
        if depth > 0 && !text.is_empty() {
            line.push(' ');
        }
        line.push_str(text);
        let mark = match self.place {
            Mark::None => self.mark,
            _ if text.is_empty() => self.mark,
            _ => std::mem::take(&mut self.place),
        };
        self.lines.push((Line { text: line, mark }, self.start));
    }

    fn into_lines(self) -> Vec<(Line, usize)> {
        let is_empty = self.lines.iter().all(|(line, _)| line.text.trim().is_empty());
        if !is_empty || self.alts.is_empty() {
            return self.lines;
        }
        let line = |alt: &str| Line { text: format!("[{}]", alt.trim()), mark: Mark::None };
        self.alts.lines().map(|alt| (line(alt), 0)).collect()
    }
}

/// How an element stands in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inline,
    Block,
    Paragraph,
    Quote,
    Pre,
    Bullets,
    Numbers,
    Item,
    Cell,
    Break,
    Rule,
    Image,
}

impl Kind {
    fn of(name: &str) -> Kind {
        let mut lower = [0; 10];
        let Some(buffer) = lower.get_mut(..name.len()) else { return Kind::by_long_name(name) };
        buffer.copy_from_slice(name.as_bytes());
        buffer.make_ascii_lowercase();
        match &*buffer {
            b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"dl" => Kind::Paragraph,
            b"div" | b"table" | b"tr" | b"body" | b"html" | b"section" | b"article" | b"header"
            | b"footer" | b"main" | b"center" | b"form" | b"fieldset" | b"dt" | b"dd" | b"tbody"
            | b"thead" | b"caption" | b"address" | b"nav" | b"aside" | b"figure" | b"head" => Kind::Block,
            b"td" | b"th" => Kind::Cell,
            b"br" => Kind::Break,
            b"hr" => Kind::Rule,
            b"img" => Kind::Image,
            b"li" => Kind::Item,
            b"ul" | b"menu" => Kind::Bullets,
            b"ol" => Kind::Numbers,
            b"pre" | b"listing" | b"xmp" => Kind::Pre,
            b"blockquote" => Kind::Quote,
            _ => Kind::Inline,
        }
    }

    fn by_long_name(name: &str) -> Kind {
        if name.eq_ignore_ascii_case("figcaption") { Kind::Block } else { Kind::Inline }
    }

    fn changes_inside(self) -> bool {
        matches!(self, Kind::Quote | Kind::Pre | Kind::Bullets | Kind::Numbers)
    }

    fn is_void(self) -> bool {
        matches!(self, Kind::Break | Kind::Rule | Kind::Image)
    }
}

/// A paragraph without space around it, as Outlook writes its lines.
fn is_tight(tag: &Tag<'_>) -> bool {
    if tag.attributes.len() < 8 {
        return false;
    }
    let is_outlook = tag.attribute("class").is_some_and(|class| class.trim_start().starts_with("Mso"));
    let style = || tag.attribute("style").unwrap_or_default().replace(' ', "");
    is_outlook || ["margin:0", "margin-top:0", "margin-bottom:0"].iter().any(|none| style().contains(none))
}

/// Signs that newsletters fill their previews with.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}' | '\u{2060}' | '\0')
}
