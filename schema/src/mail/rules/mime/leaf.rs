//! A part without children: its headers read our way, its bytes decoded.

use std::borrow::Cow;

use bytes::Bytes;

use mailparse::ParsedMail;

use super::super::charset;
use super::super::header::Headers;
use super::super::header::params::Params;
use super::super::identity::clean_message_id;
use super::transfer::{self, Encoding};
use super::uu::{self, UuFile};
use super::{Attachment, flowed, names};

/// Bytes of text that are decoded of one mail, over all its parts: enough for every character that is kept, whatever
/// its charset and however much markup stands around it.
const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes that may stand for one: `=C5`, and soft line ends between them.
const CODED_BYTES_MAX: usize = 4;

/// How much more text is decoded.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    left: usize,
    /// There was more text than that.
    pub(super) is_short: bool,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { left: TEXT_BYTES_MAX, is_short: false }
    }
}

impl Budget {
    fn take<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let taken = start(bytes, self.left);
        self.is_short |= taken.len() < bytes.len();
        self.left -= taken.len();
        taken
    }
}

/// The first bytes, cut at the end of a line or at least between two letters of UTF-8.
fn start(bytes: &[u8], bytes_max: usize) -> &[u8] {
    if bytes.len() <= bytes_max {
        return bytes;
    }
    let cut = &bytes[..bytes_max];
    let near = bytes_max.saturating_sub(4_096);
    if let Some(end) = memchr::memrchr(b'\n', &cut[near..]) {
        return &cut[..=near + end];
    }
    let tail = cut.iter().rev().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count();
    &cut[..bytes_max - tail]
}

/// One leaf of the tree.
pub(super) struct Leaf<'a> {
    kind: Params,
    disposition: Params,
    content_id: Option<String>,
    raw: &'a [u8],
    encoding: Encoding,
}

impl<'a> Leaf<'a> {
    pub(super) fn of(part: &'a ParsedMail<'a>) -> Leaf<'a> {
        let headers = Headers::of(part.get_headers().get_raw_bytes());
        let kind = headers.raw("Content-Type").map(|raw| Params::parse(&headers.plain(raw)));
        // A part without a type is text, inside a digest it is a message: the parser knows which.
        let kind = kind
            .filter(|kind| kind.value.contains('/'))
            .unwrap_or_else(|| Params::parse(&part.ctype.mimetype));
        let disposition = headers.raw("Content-Disposition").map(|raw| Params::parse(&headers.plain(raw)));
        Leaf {
            disposition: disposition.unwrap_or_default(),
            content_id: headers.raw("Content-ID").and_then(clean_message_id),
            raw: raw_body(part),
            encoding: Encoding::of(headers.text("Content-Transfer-Encoding").as_deref()),
            kind,
        }
    }

    /// The declared type in lower case.
    pub(super) fn media_type(&self) -> &str {
        &self.kind.value
    }

    /// Text that is meant to be a file: it says so or has a name.
    pub(super) fn is_file(&self) -> bool {
        self.disposition.value == "attachment" || self.declared_name().is_some()
    }

    /// It has a name, but does not ask to stand beside the text.
    pub(super) fn may_be_body(&self) -> bool {
        self.disposition.value != "attachment"
    }

    pub(super) fn is_tnef(&self) -> bool {
        let is_named = || self.declared_name().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"));
        matches!(self.media_type(), "application/ms-tnef" | "application/vnd.ms-tnef") || is_named()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.raw.trim_ascii().is_empty()
    }

    /// All bytes, decoded.
    pub(super) fn content(&self) -> Cow<'a, [u8]> {
        self.decoded(self.raw)
    }

    /// At most so many of the first bytes, decoded.
    pub(super) fn start(&self, bytes_max: usize) -> Cow<'a, [u8]> {
        match self.decoded(start(self.raw, bytes_max.saturating_mul(CODED_BYTES_MAX))) {
            Cow::Borrowed(bytes) => Cow::Borrowed(start(bytes, bytes_max)),
            Cow::Owned(mut bytes) => {
                bytes.truncate(start(&bytes, bytes_max).len());
                Cow::Owned(bytes)
            }
        }
    }

    fn decoded(&self, raw: &'a [u8]) -> Cow<'a, [u8]> {
        transfer::decode(raw, self.encoding, self.media_type().starts_with("text/"))
    }

    fn declared_name(&self) -> Option<&str> {
        self.disposition
            .get("filename")
            .or_else(|| self.disposition.get("name"))
            .or_else(|| self.kind.get("name"))
    }

    /// The content as text with `\n` between its lines, within what the budget has left.
    pub(super) fn text(&self, budget: &mut Budget) -> String {
        let bytes = self.start(budget.left.saturating_add(1));
        self.text_of(&bytes, budget)
    }

    /// Text and the files that old programs wrote into it.
    pub(super) fn text_and_files(&self, budget: &mut Budget) -> (String, Vec<UuFile>) {
        let bytes = match self.encoding {
            Encoding::Plain => Cow::Borrowed(self.raw),
            _ => match self.start(budget.left.saturating_add(1)) {
                // Nothing was encoded: files are taken out of all of it.
                Cow::Borrowed(_) => Cow::Borrowed(self.raw),
                Cow::Owned(bytes) => Cow::Owned(bytes),
            },
        };
        let (bytes, files) = uu::extract(bytes, budget.left.saturating_add(1));
        (self.text_of(&bytes, budget), files)
    }

    fn text_of(&self, bytes: &[u8], budget: &mut Budget) -> String {
        let text = self.charset_decoded(budget.take(bytes));
        let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
        if self.kind.get("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
            let deletes_space = self.kind.get("delsp").is_some_and(|value| value.eq_ignore_ascii_case("yes"));
            return flowed::joined(&text, deletes_space);
        }
        text
    }

    /// Bytes of the part's own text, a file's name for one.
    pub(super) fn charset_decoded(&self, bytes: &[u8]) -> String {
        let declared = self.kind.get("charset").filter(|label| charset::is_useful(label));
        let in_page = || if self.media_type() == "text/html" { charset_of_page(bytes) } else { None };
        charset::decode(bytes, declared.or_else(in_page).or(self.kind.get("charset")))
    }

    pub(super) fn into_attachment(self, whole: &Bytes) -> Attachment {
        let declared = self.declared_name().map(names::clean_file_name).filter(|name| !name.is_empty());
        let media_type = super::super::address::clean_header(&self.kind.value);
        let media_type =
            if media_type.contains('/') { media_type } else { "application/octet-stream".to_owned() };
        let content = self.content();
        Attachment {
            file_name: declared.unwrap_or_else(|| names::default_name(&media_type, &content)),
            media_type,
            is_inline: self.disposition.value == "inline" && self.content_id.is_some(),
            content_id: self.content_id,
            content: match content {
                Cow::Owned(content) => content.into(),
                Cow::Borrowed(content) => part(whole, content),
            },
        }
    }
}

/// These bytes as a part of the whole, or a copy of them if they are none.
fn part(whole: &Bytes, bytes: &[u8]) -> Bytes {
    let (all, some) = (whole.as_ptr_range(), bytes.as_ptr_range());
    let is_part = all.start <= some.start && some.end <= all.end;
    if is_part { whole.slice_ref(bytes) } else { Bytes::copy_from_slice(bytes) }
}

/// Bytes of a page in which it may name its charset.
const PAGE_HEAD_BYTES_MAX: usize = 2_048;

/// What `<meta charset=…>` or `<meta … content="text/html; charset=…">` says, for a part that says nothing.
fn charset_of_page(page: &[u8]) -> Option<&str> {
    let head = &page[..page.len().min(PAGE_HEAD_BYTES_MAX)];
    let head = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let lower = head.to_ascii_lowercase();
    let meta = lower.find("<meta")?;
    let at = meta + lower[meta..].find("charset=")? + "charset=".len();
    let value = head[at..].trim_start_matches(['"', '\'', ' ']);
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ';' | '/');
    Some(&value[..value.find(is_end).unwrap_or(value.len())]).filter(|label| charset::is_useful(label))
}

/// The bytes below the headers.
fn raw_body<'a>(part: &'a ParsedMail<'a>) -> &'a [u8] {
    part.raw_bytes.get(part.get_headers().get_raw_bytes().len()..).unwrap_or_default()
}
