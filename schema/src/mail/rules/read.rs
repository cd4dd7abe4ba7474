//! Raw bytes → a mail that the desk can work with.
//!
//! ```text
//! match read(&raw) {
//!     Ok(mail) => …,            // ticket, reply or bounce note
//!     Err(cause) => …,          // quarantine under `cause.code()`, the raw bytes stay
//! }
//! ```
//!
//! Reading costs a bounded multiple of the message's size and never panics: a parser that stumbles over
//! hostile bytes gives [`Unreadable::Malformed`].

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;

use super::authenticity;
use super::bounce::{self, DeliveryReport, FeedbackReport, ReadReceipt};
use super::bounds::Bounds;
use super::header::Headers;
use super::html::Page;
use super::identity::{clean_message_id, message_ids};
use super::machine::{self, Machine};
use super::mime::{self, Attachment};
use super::people::{self, Person};
use super::split::Sections;
use super::{body, bounds};

pub use bounds::SIZE_BYTES_MAX;

/// What a mail without subject is called (B10-15).
pub const NO_SUBJECT: &str = "(konu yok)";
/// Characters of a subject that are kept.
const SUBJECT_CHARS_MAX: usize = 500;
/// Ids of one mail that are looked at when its ticket is sought.
const REFERENCES_MAX: usize = 100;

/// A mail as it came in. Texts are decoded, free of NUL and bounded; ids stand without angle brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub message_id: Option<String>,
    pub sender: Person,
    /// Where the sender wants answers, when it is not his own address.
    pub reply_to: Option<Person>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub delivered_to: Vec<String>,
    pub original_to: Vec<String>,
    pub subject: String,
    /// Plain text, or the text of the HTML part where there is no plain one.
    pub text: String,
    /// The text was longer than what is kept here.
    pub is_text_cut: bool,
    /// The same text in what the writer says, what he quotes, and his signature.
    pub sections: Sections,
    /// The HTML part, to be cleaned for showing.
    pub page: Option<Page>,
    pub in_reply_to: Vec<String>,
    /// The newest ancestor last, as the header has it.
    pub references: Vec<String>,
    pub attachments: Vec<Attachment>,
    /// Set when no person wrote this: it must not be answered.
    pub machine: Option<Machine>,
    /// The subject sounds like an automatic answer's. No proof, but reason enough to send no automatic mail back.
    pub sounds_automatic: bool,
    /// The domain it claims to come from says that it does not.
    pub is_disowned: bool,
    pub delivery_report: Option<DeliveryReport>,
    pub read_receipt: Option<ReadReceipt>,
    pub feedback_report: Option<FeedbackReport>,
}

impl Incoming {
    /// To, Cc, Delivered-To, X-Original-To: the order in which the site is sought (B10-16, B10-18).
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        [&self.to, &self.cc, &self.delivered_to, &self.original_to].into_iter().flatten().map(String::as_str)
    }

    /// In-Reply-To, then References from the newest to the oldest: the order in which the ticket is sought.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.in_reply_to.iter().chain(self.references.iter().rev()).map(String::as_str)
    }

    /// Whether an automatic mail may go back to the sender (B10-31).
    pub fn may_be_confirmed(&self) -> bool {
        self.machine.is_none() && !self.sounds_automatic
    }
}

/// Why a mail could not be read. Its raw bytes are kept and can be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the message is empty")]
    Empty,
    #[error("the message is larger than {SIZE_BYTES_MAX} bytes")]
    TooLarge,
    #[error("parts are nested too deeply")]
    TooDeep,
    #[error("the message has too many parts")]
    TooManyParts,
    #[error("the headers are too many or too large")]
    HeadersTooLarge,
    #[error("no header names a sender")]
    NoSender,
    #[error("the message breaks the rules of mail beyond repair")]
    Malformed,
}

impl Unreadable {
    /// The name under which the mail lies in quarantine.
    pub fn code(self) -> &'static str {
        match self {
            Unreadable::Empty => "empty",
            Unreadable::TooLarge => "too_large",
            Unreadable::TooDeep => "too_deep",
            Unreadable::TooManyParts => "too_many_parts",
            Unreadable::HeadersTooLarge => "headers_too_large",
            Unreadable::NoSender => "no_sender",
            Unreadable::Malformed => "malformed",
        }
    }
}

/// Reads one message within the default bounds.
///
/// # Errors
/// A named cause; see [`Unreadable`].
pub fn read(raw: &[u8]) -> Result<Incoming, Unreadable> {
    read_within(raw, &Bounds::default())
}

/// Reads one message.
///
/// # Errors
/// A named cause; see [`Unreadable`].
pub fn read_within(raw: &[u8], bounds: &Bounds) -> Result<Incoming, Unreadable> {
    take(Cow::Borrowed(raw), bounds)
}

/// Reads one message that is held nowhere else, without a copy of it: a broken one is put right in place, and files that
/// stand in it as they are stay there.
///
/// # Errors
/// A named cause; see [`Unreadable`].
pub fn read_owned(raw: Vec<u8>) -> Result<Incoming, Unreadable> {
    take(Cow::Owned(raw), &Bounds::default())
}

fn take(raw: Cow<'_, [u8]>, bounds: &Bounds) -> Result<Incoming, Unreadable> {
    let raw = without_envelope(raw);
    if raw.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    if raw.len() > bounds.size_bytes_max {
        return Err(Unreadable::TooLarge);
    }
    guarded(|| match mime::mended(raw, bounds)? {
        Cow::Borrowed(raw) => parse(raw, Bytes::new()),
        Cow::Owned(raw) => {
            let whole = Bytes::from(raw);
            parse(&whole, whole.clone())
        }
    })
    .unwrap_or(Err(Unreadable::Malformed))
}

/// Files may be parts of `whole` instead of copies.
fn parse(raw: &[u8], whole: Bytes) -> Result<Incoming, Unreadable> {
    let mail = mailparse::parse_mail(raw).map_err(|_| Unreadable::Malformed)?;
    compose(&mail, &Headers::of(raw).hinted(mime::hint(&mail)), whole)
}

/// Runs code of others on a stranger's bytes; `None` when it panicked.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn compose(
    mail: &mailparse::ParsedMail<'_>,
    headers: &Headers<'_>,
    whole: Bytes,
) -> Result<Incoming, Unreadable> {
    let sender = people::sender(headers);
    let mut found = mime::find(mail, whole);
    let body = body::compose(std::mem::take(&mut found.pieces), found.is_text_cut());
    found.mark_inline(body.page.as_ref());
    let address = sender.as_ref().map_or("", |sender| &sender.address);
    let reports = bounce::find(headers, &mime::flat(mail), address, &body.text);
    // Mail systems may leave themselves nameless: `From: MAILER-DAEMON <>`.
    let nameless = || reports.delivery.is_some().then(Person::mail_system);
    let sender = sender.or_else(nameless).ok_or(Unreadable::NoSender)?;
    let subject = subject(headers);
    Ok(Incoming {
        message_id: headers.raw("Message-ID").and_then(clean_message_id),
        machine: machine::find(headers, &sender.address, &reports, &body.text),
        sounds_automatic: machine::sounds_automatic(&subject),
        is_disowned: authenticity::is_disowned(headers),
        reply_to: people::people(headers, "Reply-To")
            .into_iter()
            .find(|person| person.address != sender.address),
        sender,
        to: people::addresses(headers, &["To"]),
        cc: people::addresses(headers, &["Cc"]),
        delivered_to: people::addresses(headers, &["Delivered-To", "X-Delivered-To", "Envelope-To"]),
        original_to: people::addresses(headers, &["X-Original-To", "X-Envelope-To", "X-Forwarded-To"]),
        subject,
        is_text_cut: body.is_cut,
        // What a mail system tells is no reply, and what it returns no quote.
        sections: match reports.delivery {
            Some(_) => Sections { reply: body.text.trim_end().to_owned(), ..Sections::default() },
            None => body.sections,
        },
        text: body.text,
        page: body.page,
        in_reply_to: ids(headers, "In-Reply-To"),
        references: ids(headers, "References"),
        attachments: found.attachments,
        delivery_report: reports.delivery,
        read_receipt: reports.receipt,
        feedback_report: reports.feedback,
    })
}

fn subject(headers: &Headers<'_>) -> String {
    let subject = headers.text("Subject").unwrap_or_default();
    if subject.is_empty() { NO_SUBJECT.to_owned() } else { subject.chars().take(SUBJECT_CHARS_MAX).collect() }
}

/// The newest ids win when there are too many.
fn ids(headers: &Headers<'_>, name: &str) -> Vec<String> {
    let all: Vec<String> = headers.raw_all(name).flat_map(message_ids).collect();
    let skipped = all.len().saturating_sub(REFERENCES_MAX);
    all.into_iter().skip(skipped).collect()
}

/// Some programs put empty lines or an mbox `From ` line before the first header.
fn without_envelope(raw: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let start = raw.len() - within_envelope(&raw).len();
    match raw {
        Cow::Borrowed(raw) => Cow::Borrowed(&raw[start..]),
        Cow::Owned(mut raw) => {
            raw.drain(..start);
            Cow::Owned(raw)
        }
    }
}

fn within_envelope(raw: &[u8]) -> &[u8] {
    let raw = raw.trim_ascii_start();
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    if !raw.starts_with(b"From ") && !raw.starts_with(b">From ") {
        return raw;
    }
    let end = raw.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |at| at + 1);
    &raw[end..]
}
