//! A part without children: its headers read our way, its bytes decoded.

use std::borrow::Cow;

use mailparse::ParsedMail;

use super::super::charset;
use super::super::header::Headers;
use super::super::header::params::Params;
use super::super::identity::clean_message_id;
use super::transfer::{self, Encoding};
use super::{Attachment, flowed, names};

/// One leaf of the tree.
pub(super) struct Leaf<'a> {
    kind: Params,
    disposition: Params,
    content_id: Option<String>,
    pub(super) content: Cow<'a, [u8]>,
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
        let encoding = Encoding::of(headers.text("Content-Transfer-Encoding").as_deref());
        let is_text = kind.value.starts_with("text/");
        Leaf {
            disposition: disposition.unwrap_or_default(),
            content_id: headers.raw("Content-ID").and_then(clean_message_id),
            content: transfer::decode(raw_body(part), encoding, is_text),
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
        self.content.trim_ascii().is_empty()
    }

    fn declared_name(&self) -> Option<&str> {
        self.disposition
            .get("filename")
            .or_else(|| self.disposition.get("name"))
            .or_else(|| self.kind.get("name"))
    }

    /// The content as text with `\n` between its lines.
    pub(super) fn text(&self) -> String {
        let text = charset::decode(&self.content, self.kind.get("charset"));
        let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
        if self.kind.get("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
            let deletes_space = self.kind.get("delsp").is_some_and(|value| value.eq_ignore_ascii_case("yes"));
            return flowed::joined(&text, deletes_space);
        }
        text
    }

    pub(super) fn into_attachment(self) -> Attachment {
        let declared = self.declared_name().map(names::clean_file_name).filter(|name| !name.is_empty());
        let media_type = super::super::address::clean_header(&self.kind.value);
        let media_type =
            if media_type.contains('/') { media_type } else { "application/octet-stream".to_owned() };
        Attachment {
            file_name: declared.unwrap_or_else(|| names::default_name(&media_type, &self.content)),
            media_type,
            is_inline: self.disposition.value == "inline" && self.content_id.is_some(),
            content_id: self.content_id,
            content: self.content.into_owned(),
        }
    }
}

/// The bytes below the headers.
fn raw_body<'a>(part: &'a ParsedMail<'a>) -> &'a [u8] {
    part.raw_bytes.get(part.get_headers().get_raw_bytes().len()..).unwrap_or_default()
}
