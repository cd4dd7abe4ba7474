//! Pictures of a clean page: those from elsewhere that wait until somebody asks, and those that came with the mail.
//!
//! A clean page is stored as it is; what a reader may load is decided each time it is shown.

use super::super::header::params::percent_decoded;
use super::entities;
use super::token::{Token, Tokens};

/// The attribute in which the address of a blocked picture waits, as the cleaner writes it.
pub(super) const BLOCKED: &str = " data-blocked-src=\"";
const OWN: &str = " src=\"cid:";

/// The clean page with its remote pictures, for who asked to see them. The page must come from [`super::Shown`].
pub fn with_pictures(clean: &str) -> String {
    rewritten(clean, |picture| picture.contains(BLOCKED).then(|| picture.replacen(BLOCKED, " src=\"", 1)))
}

/// The clean page with the address at which each of the mail's own pictures is served; `address` is asked with the
/// picture's [`super::super::Attachment::content_id`]. One without an address is not shown.
pub fn with_files(clean: &str, mut address: impl FnMut(&str) -> Option<String>) -> String {
    rewritten(clean, |picture| {
        let (before, rest) = picture.split_once(OWN)?;
        let (id, after) = rest.split_once('"')?;
        let source = address(&content_id(id)).map(|address| format!(" src=\"{}\"", in_quotes(&address)));
        Some(format!("{before}{}{after}", source.unwrap_or_default()))
    })
}

/// The ids of a page's own pictures, as the headers of the files have them.
pub(super) fn content_ids(page: &str) -> impl Iterator<Item = String> {
    page.split("cid:").skip(1).map(|rest| {
        let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ')');
        content_id(&rest[..rest.find(is_end).unwrap_or(rest.len())])
    })
}

/// What stands behind `cid:` without what an address and a page need: `a%40b&amp;c` is `a@b&c`.
fn content_id(value: &str) -> String {
    let mut id = String::with_capacity(value.len());
    entities::push_decoded(&mut id, value);
    match String::from_utf8(percent_decoded(&id)) {
        Ok(decoded) => decoded,
        Err(_) => id,
    }
}

fn in_quotes(address: &str) -> String {
    address.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The page with some of its pictures written otherwise. Text that merely looks like a picture is left alone.
fn rewritten(clean: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(clean.len());
    let mut tokens = Tokens::of(clean);
    let mut from = 0;
    while let Some(token) = tokens.next() {
        let end = clean.len() - tokens.rest().len();
        let Token::Open(tag) = token else { continue };
        // Two brackets stand around what a tag holds.
        let start = end.saturating_sub(tag.name.len() + tag.attributes.len() + 2);
        if tag.name == "img"
            && let Some(changed) = change(&clean[start..end])
        {
            out.push_str(&clean[from..start]);
            out.push_str(&changed);
            from = end;
        }
    }
    out.push_str(&clean[from..]);
    out
}
