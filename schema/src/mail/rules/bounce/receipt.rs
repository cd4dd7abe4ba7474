//! Read receipts: somebody, or his program, says that he opened a mail of ours (RFC 8098).

use mailparse::ParsedMail;

use super::super::address::clean_address;
use super::super::identity::clean_message_id;
use super::super::mime;
use super::fields;

/// What a receipt says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadReceipt {
    /// The Message-ID of the mail that was opened, without brackets.
    pub original_message_id: Option<String>,
    /// Who opened it.
    pub recipient: Option<String>,
    /// `displayed`, `deleted`, `dispatched` or `processed`; empty when the receipt does not say.
    pub disposition: String,
}

impl ReadReceipt {
    /// Opened, as opposed to deleted unread.
    pub fn is_read(&self) -> bool {
        self.disposition == "displayed"
    }
}

pub(super) fn read(parts: &[&ParsedMail<'_>], returned_id: Option<String>) -> ReadReceipt {
    let part = parts.iter().find(|part| part.ctype.mimetype == "message/disposition-notification");
    let text = part
        .map(|part| String::from_utf8_lossy(&mime::start(part, super::FIELDS_BYTES_MAX)).into_owned())
        .unwrap_or_default();
    let blocks = fields::blocks(&text);
    let get = |name: &str| blocks.iter().find_map(|block| block.get(name));
    let recipient = get("final-recipient").or_else(|| get("original-recipient"));
    let disposition = get("disposition").and_then(|value| value.rsplit(';').next()).unwrap_or_default();
    ReadReceipt {
        original_message_id: get("original-message-id")
            .and_then(|id| clean_message_id(id.as_bytes()))
            .or(returned_id),
        recipient: recipient.and_then(|value| clean_address(value.rsplit(';').next().unwrap_or_default())),
        disposition: disposition
            .trim()
            .split('/')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
            .chars()
            .take(40)
            .collect(),
    }
}
