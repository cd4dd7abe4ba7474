//! A page that may be shown to an agent: no script, no form, no style sheet, nothing loaded from elsewhere.
//!
//! Remote pictures tell their sender when and where a mail is read, so their `src` waits in `data-blocked-src`
//! until somebody asks for them ([`super::with_pictures`]). Pictures that came with the mail (`cid:`) and pictures
//! inside the page (`data:`) are kept. Styles are cut down to colours, type and boxes, none of which loads or
//! covers anything.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::super::read::guarded;
use super::super::split::{Section, sections_of};
use super::pictures::BLOCKED;
use super::{escaped, layout, token};

/// Bytes of a page beyond which only its text is shown.
const SHOWN_BYTES_MAX: usize = 1024 * 1024;
/// Open elements and elements at all: more make the parser slow.
const DEPTH_MAX: usize = 400;
const TAGS_MAX: usize = 40_000;
/// How often a page is cleaned again; nearly all are settled by the first.
const ROUNDS_MAX: usize = 4;
/// The scheme of a picture that waits. No page can name it: it is no allowed scheme.
const WAITING: &str = "asisttr-waiting:";

/// A page cut at its quote, both pieces clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What the writer says, with signature.
    pub reply: String,
    /// What is quoted below it, to be shown folded; empty when nothing is.
    pub quoted: String,
    /// Remote pictures wait in it.
    pub has_blocked_pictures: bool,
}

/// Cleans a page. One that is too large or too tangled to be cleaned is shown as its text.
pub(super) fn clean(html: &str) -> Shown {
    let (reply, quoted) = halves(html);
    let (reply, quoted) = (cleaned(reply), cleaned(quoted));
    let has_blocked_pictures = [&reply, &quoted].iter().any(|half| half.contains(BLOCKED));
    Shown { reply, quoted, has_blocked_pictures }
}

/// Before and after the place where nothing but quote follows.
fn halves(html: &str) -> (&str, &str) {
    let (lines, starts): (Vec<_>, Vec<usize>) = layout::lines(html).into_iter().unzip();
    let sections = sections_of(&lines);
    let is_text = |at: &usize| !lines[*at].text.trim().is_empty();
    let shown = (0..lines.len()).filter(is_text).rfind(|at| sections[*at] != Section::Quoted);
    let quoted = (0..lines.len()).filter(is_text).find(|at| shown.is_none_or(|shown| *at > shown));
    match (shown, quoted) {
        (Some(_), Some(at)) => html.split_at(html.floor_char_boundary(starts[at])),
        _ => (html, ""),
    }
}

/// One piece of a page without what may not be shown.
pub(super) fn cleaned(html: &str) -> String {
    if html.trim().is_empty() {
        return String::new();
    }
    let is_tangled = html.len() > SHOWN_BYTES_MAX || is_too_deep(html);
    let clean = if is_tangled { None } else { guarded(|| settled(html)).flatten() };
    clean.unwrap_or_else(|| {
        let lines = layout::lines(html);
        escaped(&lines.into_iter().map(|(line, _)| line.text + "\n").collect::<String>())
    })
}

/// Cleans until nothing changes. What a browser would read otherwise than the cleaner wrote it is not shown: that is
/// how pages were smuggled past cleaners.
fn settled(html: &str) -> Option<String> {
    let mut found = once(html);
    for _ in 0..ROUNDS_MAX {
        let again = once(&found);
        if again == found {
            return Some(found);
        }
        found = again;
    }
    None
}

fn once(html: &str) -> String {
    BUILDER.clean(html).to_string().replace(&format!(" src=\"{WAITING}"), BLOCKED)
}

/// Counts open elements. Those that close themselves are left out of the count.
fn is_too_deep(html: &str) -> bool {
    let (mut depth, mut tags) = (0_usize, 0_usize);
    for token in token::Tokens::of(html) {
        match token {
            token::Token::Open(tag) if nests(tag.name) => depth += 1,
            token::Token::Close(name) if nests(name) => depth = depth.saturating_sub(1),
            _ => {}
        }
        tags += usize::from(!matches!(token, token::Token::Text(_)));
        if depth > DEPTH_MAX || tags > TAGS_MAX {
            return true;
        }
    }
    false
}

fn nests(name: &str) -> bool {
    const LOOSE: [&str; 21] = [
        "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "br", "hr", "img",
        "meta", "link", "input", "col", "area", "base", "wbr",
    ];
    !LOOSE.iter().any(|loose| loose.eq_ignore_ascii_case(name))
}

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["font", "big", "tfoot", "address", "section", "main"])
        .rm_tags(["area", "map", "data", "details", "summary", "nav"])
        .add_clean_content_tags([
            "title", "template", "object", "select", "textarea", "noscript", "iframe", "svg", "math", "xml",
            "head",
        ])
        .add_generic_attributes(["style", "dir", "align"])
        .add_tag_attributes("img", ["data-blocked-src"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes("table", ["border", "cellpadding", "cellspacing", "width", "bgcolor"])
        .add_tag_attributes("tr", ["valign", "bgcolor"])
        .add_tag_attributes("td", ["valign", "width", "height", "bgcolor"])
        .add_tag_attributes("th", ["valign", "width", "height", "bgcolor"])
        .add_tag_attributes("ol", ["type"])
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid", "data"]))
        .url_relative(UrlRelative::Deny)
        .filter_style_properties(HashSet::from(PROPERTIES))
        .attribute_filter(filtered);
    builder
});

/// What a style may set.
const PROPERTIES: [&str; 45] = [
    "color",
    "background-color",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "line-height",
    "letter-spacing",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "vertical-align",
    "direction",
    "white-space",
    "word-break",
    "overflow-wrap",
    "list-style-type",
    "margin",
    "margin-top",
    "margin-right",
    "margin-bottom",
    "margin-left",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
    "border",
    "border-top",
    "border-right",
    "border-bottom",
    "border-left",
    "border-color",
    "border-style",
    "border-width",
    "border-collapse",
    "border-spacing",
    "border-radius",
    "width",
    "max-width",
    "height",
    "max-height",
    "table-layout",
];

fn filtered<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let scheme = value.trim_start().split(':').next().unwrap_or_default().to_ascii_lowercase();
    let is_remote = matches!(scheme.as_str(), "http" | "https");
    match (element, attribute) {
        (_, "style") => Some(Cow::Owned(style(value))),
        ("img", "src") if is_remote => Some(Cow::Owned(format!("{WAITING}{}", value.trim()))),
        ("img", "src") => (scheme == "cid" || is_picture(value)).then_some(Cow::Borrowed(value)),
        ("img", "data-blocked-src") => is_remote.then_some(Cow::Borrowed(value)),
        (_, "href") => {
            (is_remote || matches!(scheme.as_str(), "mailto" | "tel")).then_some(Cow::Borrowed(value))
        }
        (_, "cite" | "longdesc" | "usemap" | "background") => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

/// A picture inside the page, of a kind that can hold no script.
fn is_picture(value: &str) -> bool {
    let value = value.trim_start();
    ["png", "jpeg", "jpg", "gif", "webp", "bmp"].iter().any(|kind| {
        let prefix = format!("data:image/{kind};base64,");
        value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix))
    })
}

/// Declarations that name nothing to load and do not push the text out of its place.
fn style(value: &str) -> String {
    let is_sound = |declaration: &&str| {
        let lower = declaration.to_ascii_lowercase();
        let is_loading =
            ["url", "image", "expression", "var(", "attr(", "\\", "@", "/*", "behavior", "binding"];
        let is_moving = lower.contains(":-") || lower.contains(": -") || lower.contains(" -");
        let is_harmful =
            is_loading.iter().any(|word| lower.contains(word)) || is_moving && lower.contains("margin");
        !is_harmful
    };
    value.split(';').filter(is_sound).collect::<Vec<_>>().join(";")
}
