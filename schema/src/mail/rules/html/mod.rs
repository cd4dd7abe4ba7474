//! HTML mail: read as text, and cleaned for showing.
//!
//! | file | what it does |
//! |---|---|
//! | `token`, `entities` | a page in tags and text |
//! | `marks` | what mail programs say about quotes and signatures |
//! | `layout` | tags and text → lines |
//! | `clean` | a page that may be shown: no script, no form, no remote picture before somebody asks |

mod clean;
mod entities;
mod layout;
mod marks;
mod token;

use super::split::Line;

pub use clean::{Shown, with_pictures};

/// Bytes of a page that are kept and laid out; the raw mail keeps the rest.
const PAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The HTML of a mail as its sender wrote it. It cannot be taken out but cleaned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(String);

impl Page {
    /// A longer page is cut.
    pub fn new(mut html: String) -> Page {
        html.truncate(html.floor_char_boundary(PAGE_BYTES_MAX));
        Page(html)
    }

    /// What may be shown of it.
    pub fn clean(&self) -> Shown {
        clean::clean(&self.0)
    }

    /// The ids of the mail's own files that the page shows, as they stand behind `cid:`.
    pub(super) fn content_ids(&self) -> impl Iterator<Item = &str> {
        self.0.split("cid:").skip(1).map(|rest| {
            let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ')' | '&');
            &rest[..rest.find(is_end).unwrap_or(rest.len())]
        })
    }
}

/// The lines of a page's text, with what the mail program said about each.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let html = &html[..html.floor_char_boundary(PAGE_BYTES_MAX)];
    layout::lines(html).into_iter().map(|(line, _)| line).collect()
}

/// Plain text as a piece of a page.
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    format!("<div style=\"white-space:pre-wrap\">{text}</div>")
}

#[cfg(test)]
mod tests;
