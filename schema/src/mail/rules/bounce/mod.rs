//! Mail about mail: delivery reports, read receipts and complaints. All of it is the reporting server's word.
//!
//! | file | what it reads |
//! |---|---|
//! | `fields` | blocks of `Name: value` lines |
//! | `status` | codes and words → how bad it is |
//! | `prose` | reports that are only told in words: qmail, Exim, Exchange, Sendmail, Gmail, Yandex … |
//! | `receipt` | read receipts (RFC 8098) |
//! | `feedback` | complaints (RFC 5965) |

mod feedback;
mod fields;
mod prose;
mod receipt;
mod status;

use mailparse::ParsedMail;

use super::header::Headers;
use super::identity::clean_message_id;
use super::mime;

pub use feedback::FeedbackReport;
pub use receipt::ReadReceipt;
pub use status::{Action, Severity};

/// Recipients of one report that are kept.
const RECIPIENTS_MAX: usize = 50;
/// Bytes of a part that holds fields.
const FIELDS_BYTES_MAX: usize = 256 * 1024;
/// Characters of a server's own words that are kept.
const DIAGNOSTIC_CHARS_MAX: usize = 500;

/// Which mail of ours did not arrive, at whom, and why (RFC 3464).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The Message-ID of the mail that is reported on, without brackets, when the report quotes it.
    pub original_message_id: Option<String>,
    pub action: Action,
    /// The first RFC 3463 status, `5.1.1`.
    pub status: Option<String>,
    /// Whether the mail was given up for good, as opposed to delayed or delivered.
    pub is_failure: bool,
    /// Whether the address itself is at fault; set for failures and delays only.
    pub severity: Option<Severity>,
    /// The refusing server's words.
    pub diagnostic: Option<String>,
    pub recipients: Vec<String>,
}

/// The three kinds of reports; a mail has at most one of them.
#[derive(Debug, Default)]
pub(super) struct Reports {
    pub(super) delivery: Option<DeliveryReport>,
    pub(super) receipt: Option<ReadReceipt>,
    pub(super) feedback: Option<FeedbackReport>,
}

/// Looks through all parts of a mail, once. `text` is what the mail says; `sender` who says it.
pub(super) fn find(headers: &Headers<'_>, parts: &[&ParsedMail<'_>], sender: &str, text: &str) -> Reports {
    let has =
        |kind: &str| parts.iter().any(|part| part.ctype.mimetype == kind || report_type(part) == Some(kind));
    let original = || parts.iter().find_map(|part| original_id(part));
    if has("message/disposition-notification") || has("disposition-notification") {
        return Reports { receipt: Some(receipt::read(parts, original())), ..Reports::default() };
    }
    if has("message/feedback-report") || has("feedback-report") {
        return Reports { feedback: Some(feedback::read(parts, original())), ..Reports::default() };
    }
    let is_report =
        has("message/delivery-status") || has("message/global-delivery-status") || has("delivery-status");
    let failed = headers.text("X-Failed-Recipients");
    if !is_report && failed.is_none() && !prose::is_report(headers, sender, text) {
        return Reports::default();
    }
    let mut report = Draft::default();
    parts
        .iter()
        .filter(|part| is_status(part))
        .for_each(|part| report.add_status(&mime::start(part, FIELDS_BYTES_MAX)));
    if let Some(failed) = failed {
        failed.split(',').for_each(|address| report.add_recipient(address));
        report.action = report.action.or(Some(Action::Failed));
    }
    prose::complete(&mut report, headers, text);
    let original = original().or_else(|| prose::original_id(text));
    Reports { delivery: Some(report.finish(original)), ..Reports::default() }
}

fn report_type<'p>(part: &'p ParsedMail<'_>) -> Option<&'p str> {
    let kind = part.ctype.params.get("report-type").filter(|_| part.ctype.mimetype == "multipart/report")?;
    // The few programs that write it otherwise write it in capitals.
    ["delivery-status", "disposition-notification", "feedback-report"]
        .into_iter()
        .find(|known| kind.trim().eq_ignore_ascii_case(known))
}

fn is_status(part: &ParsedMail<'_>) -> bool {
    matches!(part.ctype.mimetype.as_str(), "message/delivery-status" | "message/global-delivery-status")
}

/// The Message-ID of a returned mail or of its headers.
fn original_id(part: &ParsedMail<'_>) -> Option<String> {
    let is_returned = matches!(
        part.ctype.mimetype.as_str(),
        "message/rfc822"
            | "text/rfc822-headers"
            | "message/rfc822-headers"
            | "message/global"
            | "message/global-headers"
            | "text/rfc822"
            | "message/partial"
    );
    if !is_returned {
        return None;
    }
    let returned = mime::start(part, FIELDS_BYTES_MAX);
    Headers::of(returned.trim_ascii_start()).raw("Message-ID").and_then(clean_message_id)
}

/// A report while it is put together.
#[derive(Debug, Default)]
struct Draft {
    action: Option<Action>,
    status: Option<String>,
    diagnostic: Option<String>,
    recipients: Vec<String>,
}

impl Draft {
    /// Blocks of fields: one about the message, then one for each recipient. The worst of them counts.
    fn add_status(&mut self, body: &[u8]) {
        for block in fields::blocks(&String::from_utf8_lossy(body).replace('\0', "")) {
            let action = block.get("action").and_then(Action::parse);
            let is_worse = action > self.action;
            if is_worse || self.status.is_none() {
                self.status = block.get("status").and_then(status::code).or(self.status.take());
            }
            if is_worse || self.diagnostic.is_none() {
                self.diagnostic = block.get("diagnostic-code").map(diagnostic).or(self.diagnostic.take());
            }
            self.action = self.action.max(action);
            let recipient = block.get("final-recipient").or_else(|| block.get("original-recipient"));
            let recipient = recipient.filter(|_| {
                !matches!(action, Some(Action::Delivered | Action::Relayed | Action::Expanded))
                    || self.action == action
            });
            self.add_recipient(recipient.map_or("", |value| value.rsplit(';').next().unwrap_or_default()));
        }
    }

    fn add_recipient(&mut self, address: &str) {
        if let Some(address) = super::address::clean_address(address)
            && self.recipients.len() < RECIPIENTS_MAX
            && !self.recipients.contains(&address)
        {
            self.recipients.push(address);
        }
    }

    fn finish(self, original_message_id: Option<String>) -> DeliveryReport {
        let action = self.action.unwrap_or_default();
        let said = self.diagnostic.as_deref().unwrap_or_default();
        let severity = status::severity(action, self.status.as_deref(), said);
        DeliveryReport {
            original_message_id,
            action,
            is_failure: action == Action::Failed,
            severity,
            status: self.status,
            diagnostic: self.diagnostic,
            recipients: self.recipients,
        }
    }
}

/// `smtp; 550 5.1.1 …` without the name of the protocol.
fn diagnostic(value: &str) -> String {
    let said = match value.split_once(';') {
        Some((protocol, said)) if !protocol.contains(' ') && protocol.len() < 20 => said,
        _ => value,
    };
    super::address::clean_header(said).chars().take(DIAGNOSTIC_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
