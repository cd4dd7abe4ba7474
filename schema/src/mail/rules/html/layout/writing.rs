//! The line that is being written, and the lines that are.

use super::super::super::split::{Line, Mark};
use super::Layout;

/// Quote marks in front of a line.
const QUOTES_MAX: usize = 10;
/// Empty lines in a row.
const BLANKS_MAX: usize = 2;

impl Layout<'_> {
    /// Ends the line even when it is empty.
    pub(super) fn end_line(&mut self) {
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
    pub(super) fn flush(&mut self) {
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

    pub(super) fn blank(&mut self) {
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
        // The database stores no NUL.
        line.extend(text.chars().filter(|letter| *letter != '\0'));
        let mark = match self.place {
            Mark::None => self.mark,
            _ if text.is_empty() => self.mark,
            _ => std::mem::take(&mut self.place),
        };
        self.written += line.len();
        self.lines.push((Line { text: line, mark }, self.start));
    }

    pub(super) fn into_lines(self) -> Vec<(Line, usize)> {
        let is_empty = self.lines.iter().all(|(line, _)| line.text.trim().is_empty());
        if !is_empty || self.alts.is_empty() {
            return self.lines;
        }
        let line = |alt: &str| Line { text: format!("[{}]", alt.trim()).replace('\0', ""), mark: Mark::None };
        self.alts.lines().map(|alt| (line(alt), 0)).collect()
    }
}
