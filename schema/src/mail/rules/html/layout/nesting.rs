//! Elements that are open, and what they change inside themselves.

use super::super::super::split::Mark;
use super::super::marks::Meaning;
use super::kind::Kind;
use super::{Layout, Open};

/// How far back the start of a closed element is sought.
const SEARCH_MAX: usize = 100;

impl<'a> Layout<'a> {
    /// An element that would not be followed, inside one of its name that is: or else its end would end the other.
    pub(super) fn is_nested_in_marked(&self, kind: Kind, name: &str) -> bool {
        let recent = self.open.len().saturating_sub(SEARCH_MAX);
        matches!(kind, Kind::Inline | Kind::Cell)
            && self.open[recent..].iter().any(|open| open.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn enter(&mut self, name: &'a str, kind: Kind, meaning: Meaning) {
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

    pub(super) fn close(&mut self, name: &str) {
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
    pub(super) fn leave(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(open) = self.open.pop() else { return };
            // Words stay together around what only hides a piece or says nothing.
            let is_within_line = matches!(Kind::of(open.name), Kind::Inline | Kind::Cell)
                && matches!(open.meaning, Meaning::Hidden | Meaning::Nothing);
            if !is_within_line {
                self.flush();
            }
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

    pub(super) fn start_paragraph(&mut self, is_tight: bool) {
        self.is_tight = is_tight;
        if is_tight { self.flush() } else { self.paragraph() }
    }

    fn paragraph(&mut self) {
        self.flush();
        self.has_gap = true;
    }
}
