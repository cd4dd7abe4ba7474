//! The tree of parts → text to read and attachments to keep.
//!
//! The plain part is preferred to the HTML part (B10-12); everything that is not text to read is an
//! attachment, whatever it calls itself: images shown inside the HTML (B10-38), forwarded messages, calendar
//! invitations, signatures, `winmail.dat`.

use mailparse::{DispositionType, ParsedContentDisposition, ParsedContentType, ParsedMail};

use super::header::Headers;
use super::{body, charset};

/// Characters of a file name that are kept, its ending included.
const NAME_CHARS_MAX: usize = 150;
/// The stem of a file that came without a name.
const UNNAMED: &str = "ek";

/// One file that came with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Without any path; `ek.bin`-like where the mail names none.
    pub file_name: String,
    /// The declared type in lower case, `image/png`. The sender's word: look at the bytes before trusting it.
    pub media_type: String,
    pub content: Vec<u8>,
    /// Shown inside the text instead of beside it.
    pub is_inline: bool,
    /// What the HTML part calls it, without brackets.
    pub content_id: Option<String>,
}

/// A piece of the mail's text.
pub(super) enum Text {
    Plain(String),
    Html(String),
}

/// What was found in the tree.
#[derive(Default)]
pub(super) struct Found {
    pub(super) texts: Vec<Text>,
    pub(super) attachments: Vec<Attachment>,
}

/// All parts, the whole first and parents before children. Their number was bounded before parsing.
pub(super) fn flat<'m, 'a>(mail: &'m ParsedMail<'a>) -> Vec<&'m ParsedMail<'a>> {
    let mut parts = vec![mail];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        parts.extend(&part.subparts);
        next += 1;
    }
    parts
}

pub(super) fn find(mail: &ParsedMail<'_>) -> Found {
    let mut found = Found::default();
    found.take(mail);
    found
}

impl Found {
    fn take(&mut self, part: &ParsedMail<'_>) {
        if part.subparts.is_empty() {
            self.take_leaf(part);
        } else if part.ctype.mimetype == "multipart/alternative" {
            self.take_alternative(part);
        } else {
            part.subparts.iter().for_each(|child| self.take(child));
        }
    }

    /// Of several forms of the same text one is kept; files are kept from all of them.
    fn take_alternative(&mut self, part: &ParsedMail<'_>) {
        let mut forms = Found::default();
        part.subparts.iter().for_each(|child| forms.take(child));
        let has_plain =
            forms.texts.iter().any(|text| matches!(text, Text::Plain(plain) if !plain.trim().is_empty()));
        forms.texts.retain(|text| matches!(text, Text::Plain(_)) == has_plain);
        self.texts.append(&mut forms.texts);
        self.attachments.append(&mut forms.attachments);
    }

    fn take_leaf(&mut self, part: &ParsedMail<'_>) {
        let leaf = Leaf::of(part);
        if part.ctype.mimetype.starts_with("multipart/") && leaf.content.trim_ascii().is_empty() {
            return;
        }
        match leaf.kind.mimetype.as_str() {
            "text/plain" if !leaf.is_file() => self.texts.push(Text::Plain(leaf.text())),
            "text/html" if !leaf.is_file() => self.texts.push(Text::Html(leaf.text())),
            _ => self.attachments.push(leaf.into_attachment()),
        }
    }
}

/// A part without children, with its headers read our way.
struct Leaf {
    kind: ParsedContentType,
    disposition: ParsedContentDisposition,
    content_id: Option<String>,
    content: Vec<u8>,
}

impl Leaf {
    fn of(part: &ParsedMail<'_>) -> Leaf {
        let headers = Headers::of(part.get_headers().get_raw_bytes());
        let kind = headers.text("Content-Type").filter(|value| value.contains('/'));
        // A part without a type is text, inside a digest it is a message: the parser knows which.
        let kind = kind.unwrap_or_else(|| part.ctype.mimetype.clone());
        let disposition = headers.text("Content-Disposition").unwrap_or_default();
        Leaf {
            kind: mailparse::parse_content_type(&kind),
            disposition: mailparse::parse_content_disposition(&disposition),
            content_id: headers.raw("Content-ID").and_then(super::identity::clean_message_id),
            content: body::bytes(part),
        }
    }

    /// Text that is meant to be a file: it says so or has a name.
    fn is_file(&self) -> bool {
        self.disposition.disposition == DispositionType::Attachment || self.declared_name().is_some()
    }

    fn declared_name(&self) -> Option<&String> {
        let name = self.disposition.params.get("filename").or_else(|| self.kind.params.get("name"));
        name.filter(|name| !name.trim().is_empty())
    }

    fn text(&self) -> String {
        let text = charset::decode(&self.content, self.kind.params.get("charset").map(String::as_str));
        text.replace("\r\n", "\n").replace('\r', "\n")
    }

    fn into_attachment(self) -> Attachment {
        let declared = self.declared_name().map(|name| clean_file_name(name)).filter(|name| !name.is_empty());
        Attachment {
            file_name: declared.unwrap_or_else(|| self.default_name()),
            media_type: super::address::clean_header(&self.kind.mimetype).to_ascii_lowercase(),
            is_inline: self.disposition.disposition == DispositionType::Inline && self.content_id.is_some(),
            content_id: self.content_id,
            content: self.content,
        }
    }

    fn default_name(&self) -> String {
        let subtype = self.kind.mimetype.rsplit('/').next().unwrap_or_default();
        match self.kind.mimetype.as_str() {
            "message/rfc822" => forwarded_name(&self.content),
            "message/delivery-status" => "teslim-raporu.txt".to_owned(),
            "text/rfc822-headers" => "basliklar.txt".to_owned(),
            "text/calendar" => "davet.ics".to_owned(),
            "text/plain" => format!("{UNNAMED}.txt"),
            "image/jpeg" => format!("{UNNAMED}.jpg"),
            kind if kind.starts_with("image/") || kind.starts_with("text/") || kind == "application/pdf" => {
                format!(
                    "{UNNAMED}.{}",
                    subtype.chars().filter(char::is_ascii_alphanumeric).take(10).collect::<String>()
                )
            }
            _ => format!("{UNNAMED}.bin"),
        }
    }
}

/// A forwarded message is called by its subject.
fn forwarded_name(content: &[u8]) -> String {
    let subject = Headers::of(content.trim_ascii_start()).text("Subject").unwrap_or_default();
    let name = clean_file_name(&subject);
    format!("{}.eml", if name.is_empty() { "ileti" } else { &name })
}

/// The last piece of any path, without signs that a file system or a header could take amiss.
fn clean_file_name(name: &str) -> String {
    let bare = name.trim().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String =
        bare.chars().filter(|c| !matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')).collect();
    let kept = super::address::clean_header(&kept);
    let kept = kept.trim_matches(['.', ' ']);
    shorten(kept)
}

fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    let ending: String = match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 10 => format!(".{ending}"),
        _ => String::new(),
    };
    let kept = NAME_CHARS_MAX - ending.chars().count();
    name.chars().take(kept).chain(ending.chars()).collect()
}
