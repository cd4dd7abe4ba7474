//! Mail that no person wrote, about mail of ours: noted at its ticket, where it changes nothing and is answered by
//! nobody. What cannot be placed is kept: reports in quarantine, other words as a ticket without confirmation.

use super::desk::Desk;
use super::join::Found;
use super::replies::Manner;
use schema::mail::inbound::{Outcome, Quarantine};
use schema::mail::rules::{Action, DeliveryReport, Machine, Severity};
use schema::mail::{dead, threads};
use schema::pool::Tx;
use uuid::Uuid;

impl Desk<'_> {
    /// Whether a program wrote it of its own accord. Lists and people who ask for silence may be people still.
    pub fn is_robot(&self) -> bool {
        match self.mail().machine {
            None | Some(Machine::List | Machine::Suppress) => false,
            Some(_) => true,
        }
    }

    pub async fn machine(self, tx: &mut Tx, found: Option<Found>) -> anyhow::Result<Outcome> {
        let is_report = self.is_report();
        // What a report is about only our token proves.
        let is_placed = |found: &Found| found.is_proven || (!is_report && found.thread.is_participant);
        let found = match found {
            Some(found) if is_placed(&found) => found,
            other if is_report && !self.is_assigned => {
                drop(other);
                return Ok(Outcome::Quarantine(Quarantine::of(self.report_name(), self.mail())));
            }
            other => return self.ticket(tx, other.map(|found| found.thread.ticket_number)).await,
        };
        let ticket = found.thread.ticket();
        let manner = Manner { is_internal: true, sender_unverified: !found.thread.is_participant };
        let Some(report) = &self.mail().delivery_report else {
            let text = self.mail().text.clone();
            return Ok(Outcome::AutoReply(ticket, self.write(tx, ticket, text, manner).await?));
        };
        self.mark_dead(tx, report).await?;
        let text = format!("{}\n\n{}", told(report, &self.site.default_language), self.mail().text);
        Ok(Outcome::Bounce(ticket, self.write(tx, ticket, text, manner).await?))
    }

    fn report_name(&self) -> &'static str {
        let mail = self.mail();
        match (&mail.delivery_report, &mail.read_receipt) {
            (Some(_), _) => "delivery_report",
            (None, Some(_)) => "read_receipt",
            (None, None) => "feedback_report",
        }
    }

    /// An address that does not exist gets nothing more. Only the one we wrote to: a report may name anybody.
    async fn mark_dead(&self, tx: &mut Tx, report: &DeliveryReport) -> anyhow::Result<()> {
        if !report.is_failure || report.severity != Some(Severity::Hard) {
            return Ok(());
        }
        let outbound = report.original_message_id.as_deref().and_then(outbound_id);
        let Some(outbound) = outbound else { return Ok(()) };
        let Some(address) = threads::addressee(tx, self.site.id, outbound).await? else { return Ok(()) };
        let is_named = |recipient: &String| recipient.eq_ignore_ascii_case(&address);
        if report.recipients.is_empty() || report.recipients.iter().any(is_named) {
            let reason = report.diagnostic.as_deref().or(report.status.as_deref()).unwrap_or("550");
            dead::mark(tx, self.site.id, &address, reason, self.now).await?;
        }
        Ok(())
    }
}

/// The outbound row that a Message-ID of ours names.
fn outbound_id(message_id: &str) -> Option<Uuid> {
    let (_, named) = message_id.split_once('@').map_or(message_id, |(named, _)| named).rsplit_once('.')?;
    named.parse().ok()
}

/// What the report says, in a few lines for the desk.
fn told(report: &DeliveryReport, language: &str) -> String {
    let words = if language == "en" { &ENGLISH } else { &TURKISH };
    let what = match report.action {
        Action::Failed => words[0],
        Action::Delayed => words[1],
        Action::Expanded | Action::Relayed | Action::Delivered => words[2],
    };
    let mut lines = vec![what.to_owned()];
    if !report.recipients.is_empty() {
        lines.push(format!("{}: {}", words[3], report.recipients.join(", ")));
    }
    let kind = match report.severity {
        Some(Severity::Hard) => words[4],
        Some(Severity::Soft) => words[5],
        None => "",
    };
    let status: Vec<&str> =
        [report.status.as_deref().unwrap_or(""), kind].into_iter().filter(|word| !word.is_empty()).collect();
    if !status.is_empty() {
        lines.push(format!("{}: {}", words[6], status.join(", ")));
    }
    if let Some(diagnostic) = &report.diagnostic {
        lines.push(format!("{}: {diagnostic}", words[7]));
    }
    lines.join("\n")
}

const TURKISH: [&str; 8] = [
    "E-posta teslim edilemedi.",
    "E-postanın teslimi gecikiyor.",
    "E-posta teslim edildi.",
    "Alıcı",
    "adres geçersiz",
    "geçici sorun",
    "Durum",
    "Sunucunun yanıtı",
];
const ENGLISH: [&str; 8] = [
    "The e-mail could not be delivered.",
    "The delivery of the e-mail is delayed.",
    "The e-mail was delivered.",
    "Recipient",
    "the address does not exist",
    "a passing problem",
    "Status",
    "The server's answer",
];
