//! HTML mail: read as text, and cleaned for showing.
//!
//! What is stored of a page is what [`Page::clean`] gives ([`Shown`]: `reply`, `quoted`, `has_blocked_pictures`), once,
//! when the mail is read; the raw mail keeps the rest, and a better cleaner can read it again. When it is shown,
//! [`with_files`] puts in where the mail's own pictures are served, and, only for who asks, [`with_pictures`] lets the
//! remote ones in. Two walls are better than one: serve it in a sandboxed frame or under `Content-Security-Policy:
//! default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:` (and `https: http:` once pictures are asked for).
//!
//! | file | what it does |
//! |---|---|
//! | `token`, `entities` | a page in tags and text |
//! | `marks` | what mail programs say about quotes and signatures |
//! | `layout` | tags and text → lines |
//! | `pictures` | remote pictures let in, own ones found |
//! | `clean` | a page that may be shown: no script, no form, no remote picture before somebody asks |

mod clean;
mod entities;
mod layout;
mod marks;
mod pictures;
mod token;

use super::split::Line;

pub use clean::Shown;
pub use pictures::{with_files, with_pictures};

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

    /// The ids of the mail's own files that the page shows, as the files' headers have them.
    pub(super) fn content_ids(&self) -> impl Iterator<Item = String> {
        pictures::content_ids(&self.0)
    }
}

/// The lines of a page's text, with what the mail program said about each.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let html = &html[..html.floor_char_boundary(PAGE_BYTES_MAX)];
    layout::lines(html).into_iter().map(|(line, _)| line).collect()
}

/// Plain text as a piece of a page.
pub(super) fn escaped(text: &str) -> String {
    let text = text
        .replace('\0', "")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    format!("<div style=\"white-space:pre-wrap\">{text}</div>")
}

#[cfg(test)]
mod tests;
