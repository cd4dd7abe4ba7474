//! From a mail as a handler means it to the bytes a server takes.
//!
//! Every value is cleaned of control characters here, because the mail library panics on a line break in a
//! display name and a line break in a header would be a header of the attacker's making. Bare CR or LF in a
//! text become proper line ends, so that no text can end the content early.

use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::error::SendError;
use super::sign::Signer;

/// Characters of a subject or a name in a header.
const VALUE_CHARS_MAX: usize = 500;
/// Ids in a References header; the newest are kept.
const REFERENCES_MAX: usize = 20;

/// An address and the name before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailAddress {
    pub name: Option<String>,
    pub address: String,
}

impl MailAddress {
    pub fn new(address: impl Into<String>) -> MailAddress {
        MailAddress { name: None, address: address.into() }
    }

    /// Reads `Ad Soyad <ad@ornek.test>` or a bare address, as settings have it.
    pub fn parse(text: &str) -> MailAddress {
        match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => {
                let name = name.trim().trim_matches('"').to_owned();
                MailAddress {
                    name: Some(name).filter(|name| !name.is_empty()),
                    address: address.trim().to_owned(),
                }
            }
            None => MailAddress::new(text.trim()),
        }
    }

    fn mailbox(&self) -> Result<Mailbox, SendError> {
        let address = self.address.trim().parse().map_err(SendError::unwritable)?;
        let name = self.name.as_deref().map(clean).filter(|name| !name.is_empty());
        Ok(Mailbox::new(name, address))
    }
}

/// A mail to one person. Ids stand without angle brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingMail {
    pub from: MailAddress,
    pub to: MailAddress,
    pub reply_to: Option<MailAddress>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Stable: the same for every try of the same mail.
    pub message_id: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// Marks mail that no person wrote, so that no machine answers it.
    pub auto_submitted: bool,
    /// Of such mail: the answer to one that came in (RFC 3834).
    pub is_answer: bool,
    pub signer: Option<Signer>,
}

impl OutgoingMail {
    /// # Errors
    /// [`SendError::Permanent`] for an address that is none.
    pub(super) fn compose(&self, now: SystemTime) -> Result<Message, SendError> {
        let id =
            clean_id(&self.message_id).ok_or_else(|| SendError::unwritable("the Message-ID is empty"))?;
        let mut builder = Message::builder()
            .from(self.from.mailbox()?)
            .to(self.to.mailbox()?)
            .subject(clean(&self.subject))
            .date(now)
            .message_id(Some(format!("<{id}>")));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.mailbox()?);
        }
        if let Some(id) = self.in_reply_to.as_deref().and_then(clean_id) {
            builder = builder.in_reply_to(format!("<{id}>"));
        }
        if let Some(ids) = self.reference_list() {
            builder = builder.references(ids);
        }
        if self.auto_submitted {
            builder = builder
                .raw_header(fixed(
                    "Auto-Submitted",
                    if self.is_answer { "auto-replied" } else { "auto-generated" },
                ))
                .raw_header(fixed("X-Auto-Response-Suppress", "All"));
        }
        let body = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.html));
        builder.multipart(body).map_err(SendError::unwritable)
    }

    fn reference_list(&self) -> Option<String> {
        let ids: Vec<String> = self.references.iter().filter_map(|id| clean_id(id)).collect();
        let newest = &ids[ids.len().saturating_sub(REFERENCES_MAX)..];
        let list: Vec<String> = newest.iter().map(|id| format!("<{id}>")).collect();
        (!list.is_empty()).then(|| list.join(" "))
    }
}

/// Base64 keeps long lines, dots and every letter whole on any server.
fn part(kind: ContentType, text: &str) -> SinglePart {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "").replace('\n', "\r\n");
    SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64).body(text)
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Control characters become spaces, runs of spaces one.
fn clean(value: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String =
        value.chars().map(|c| if is_break(c) { ' ' } else { c }).take(VALUE_CHARS_MAX).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Visible ASCII without brackets, or nothing.
fn clean_id(id: &str) -> Option<String> {
    let kept: String =
        id.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).take(250).collect();
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
