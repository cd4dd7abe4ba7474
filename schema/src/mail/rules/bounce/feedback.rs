//! Complaints: a provider says that its user took a mail of ours for spam (ARF, RFC 5965).

use mailparse::ParsedMail;

use super::super::address::clean_address;
use super::super::mime;
use super::fields;

/// What a complaint says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedbackReport {
    /// `abuse`, `fraud`, `virus`, `not-spam`, `opt-out`, `auth-failure` or `other`.
    pub kind: String,
    /// The Message-ID of the mail complained about, without brackets.
    pub original_message_id: Option<String>,
    /// Who complained, where the provider says so.
    pub recipient: Option<String>,
}

pub(super) fn read(parts: &[&ParsedMail<'_>], returned_id: Option<String>) -> FeedbackReport {
    let part = parts.iter().find(|part| part.ctype.mimetype == "message/feedback-report");
    let text = part
        .map(|part| String::from_utf8_lossy(&mime::start(part, super::FIELDS_BYTES_MAX)).into_owned())
        .unwrap_or_default();
    let blocks = fields::blocks(&text);
    let get = |name: &str| blocks.iter().find_map(|block| block.get(name));
    let recipient = get("original-rcpt-to").or_else(|| get("removal-recipient"));
    FeedbackReport {
        kind: get("feedback-type").unwrap_or("other").to_ascii_lowercase().chars().take(40).collect(),
        original_message_id: returned_id,
        recipient: recipient.and_then(|value| clean_address(value.rsplit(';').next().unwrap_or_default())),
    }
}
