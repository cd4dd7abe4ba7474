//! Delivery reports (RFC 3464): which mail of ours did not arrive, at whom, and with which status.

use mailparse::ParsedMail;

use super::header::Headers;
use super::identity::clean_message_id;

/// Recipients of one report that are kept.
const RECIPIENTS_MAX: usize = 50;

/// What a report says about the mail it is about. All of it is the reporting server's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The Message-ID of the mail that is reported on, without brackets, when the report quotes it.
    pub original_message_id: Option<String>,
    /// The first RFC 3463 status, `5.1.1`.
    pub status: Option<String>,
    /// Whether the mail was given up for good, as opposed to delayed or delivered.
    pub is_failure: bool,
    pub recipients: Vec<String>,
}

/// Looks through all parts of a mail. `parts` is the flat list, so the cost is one pass.
pub(super) fn find(headers: &Headers<'_>, parts: &[&ParsedMail<'_>]) -> Option<DeliveryReport> {
    let is_report = parts.iter().any(|part| is_delivery_report(part));
    let failed = headers.text("X-Failed-Recipients");
    if !is_report && failed.is_none() {
        return None;
    }
    let mut report = DeliveryReport { is_failure: failed.is_some(), ..DeliveryReport::default() };
    parts.iter().for_each(|part| report.add(part));
    for address in failed.as_deref().unwrap_or_default().split(',') {
        report.add_recipient(address);
    }
    Some(report)
}

fn is_delivery_report(part: &ParsedMail<'_>) -> bool {
    let kind = part.ctype.params.get("report-type");
    part.ctype.mimetype == "message/delivery-status"
        || (part.ctype.mimetype == "multipart/report"
            && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status")))
}

impl DeliveryReport {
    fn add(&mut self, part: &ParsedMail<'_>) {
        let body = || part.get_body_raw().unwrap_or_default();
        match part.ctype.mimetype.as_str() {
            "message/delivery-status" => self.add_status(&body()),
            "message/rfc822" | "text/rfc822-headers" | "message/rfc822-headers" | "message/global" => {
                let quoted = body();
                let id = Headers::of(quoted.trim_ascii_start()).raw("Message-ID").and_then(clean_message_id);
                self.original_message_id = self.original_message_id.take().or(id);
            }
            _ => {}
        }
    }

    /// Blocks of fields: one about the message, then one for each recipient.
    fn add_status(&mut self, body: &[u8]) {
        for line in String::from_utf8_lossy(body).lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "status" if self.status.is_none() => {
                    let is_code = |c: &char| c.is_ascii_digit() || *c == '.';
                    self.status = Some(value.chars().take_while(is_code).take(20).collect());
                }
                "action" => self.is_failure |= value.eq_ignore_ascii_case("failed"),
                "final-recipient" => self.add_recipient(value.rsplit(';').next().unwrap_or_default()),
                _ => {}
            }
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
}
