//! What a mail is filled with. The field names are the placeholders a site may use (B10-59).

use serde::Serialize;

/// Characters of a stranger's subject and name that a confirmation repeats.
const SUBJECT_CHARS_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 60;
/// What the support form's mail is signed with where the site says nothing (B12-61).
pub const TEAM_NAME: &str = "İmeceHub Destek Ekibi";

#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    pub ticket: TicketFacts,
    /// Needed by `Reply`, otherwise `None`.
    pub reply: Option<ReplyFacts>,
    /// Where the ticket can be seen, absolute: `https://…/tickets/{id}`.
    pub reply_url: String,
    /// The whole line that names the reopening time (B10-45), outside business hours.
    pub reopening_line: Option<String>,
    pub team_name: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct TicketFacts {
    /// As stored: `12345`, or `SUP-2026-000042` for the support form.
    pub ticket_number: String,
    pub subject: String,
    pub visitor_name: String,
    /// `Çözüldü`, `Kapatıldı`, `Beklemede`, …
    pub status_label: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReplyFacts {
    pub agent_name: String,
    /// Plain text; line breaks are kept.
    pub body: String,
}

impl Facts {
    /// A mail about this ticket, without reply and reopening line.
    pub fn of(ticket: TicketFacts, reply_url: impl Into<String>) -> Facts {
        let team_name = TEAM_NAME.to_owned();
        Facts { ticket, reply: None, reply_url: reply_url.into(), reopening_line: None, team_name }
    }

    /// A made-up ticket, for whoever writes a template and wants to see it filled.
    #[must_use]
    pub fn sample(frontend_url: &str) -> Facts {
        let ticket = TicketFacts {
            ticket_number: "12345".into(),
            subject: "Siparişim gecikti".into(),
            visitor_name: "Ayşe Yılmaz".into(),
            status_label: "Çözüldü".into(),
        };
        let reply = ReplyFacts {
            agent_name: "Mehmet Demir".into(),
            body: "Merhaba,\nSiparişiniz yola çıktı.".into(),
        };
        Facts { reply: Some(reply), ..Facts::of(ticket, format!("{frontend_url}/tickets/12345")) }
    }

    /// The same facts with a stranger's words cut short.
    pub(super) fn for_strangers(&self) -> Facts {
        let mut facts = self.clone();
        facts.ticket.subject = shortened(&facts.ticket.subject, SUBJECT_CHARS_MAX);
        facts.ticket.visitor_name = shortened(&facts.ticket.visitor_name, NAME_CHARS_MAX);
        facts
    }

    /// Names and subjects are single lines, whatever they were.
    pub(super) fn in_single_lines(&self) -> Facts {
        let mut facts = self.clone();
        let ticket = &mut facts.ticket;
        let singles = [&mut ticket.ticket_number, &mut ticket.subject, &mut ticket.visitor_name];
        singles.into_iter().for_each(|value| *value = single_line(value));
        if let Some(reply) = &mut facts.reply {
            reply.agent_name = single_line(&reply.agent_name);
        }
        facts
    }
}

/// Control characters, line breaks among them, become spaces.
pub(super) fn single_line(value: &str) -> String {
    let spaced: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(value: &str, chars_max: usize) -> String {
    let value = single_line(value);
    if value.chars().count() <= chars_max {
        return value;
    }
    value.chars().take(chars_max - 1).chain(['…']).collect()
}
