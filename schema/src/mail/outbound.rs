//! A mail to be sent, as its cause records it: to whom, by which template, about which ticket.

use jobs::{JobId, NewJob, OutboundId, SiteId, TicketId, mail_out};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The mails the desk sends by itself. The names stand in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// A ticket was made from mail, widget or form (B10-41, B10-44).
    Acknowledgement,
    /// The support form's own confirmation (B12-60).
    SupportForm,
    /// An agent answered (B10-42).
    Reply,
    /// A ticket was resolved (B10-43).
    Resolved,
    /// A ticket was closed (B10-43).
    Closed,
}

impl Template {
    pub const ALL: [Template; 5] = [
        Template::Acknowledgement,
        Template::SupportForm,
        Template::Reply,
        Template::Resolved,
        Template::Closed,
    ];

    /// The name in the database, and of a site's own version.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Template::Acknowledgement => "acknowledgement",
            Template::SupportForm => "support_form",
            Template::Reply => "reply",
            Template::Resolved => "resolved",
            Template::Closed => "closed",
        }
    }

    /// The template of this name.
    #[must_use]
    pub fn parse(key: &str) -> Option<Template> {
        Template::ALL.into_iter().find(|template| template.key() == key)
    }

    /// Sent because somebody claimed an address, without proof that it is theirs: capped per address and hour.
    #[must_use]
    pub fn is_confirmation(self) -> bool {
        matches!(self, Template::Acknowledgement | Template::SupportForm)
    }
}

/// How many confirmations one address gets from one site within an hour (B10-32).
pub const CONFIRMATIONS_PER_HOUR: i64 = 5;

/// How many of them go to an address that answers each at once with the same words: a program that does not say that it
/// is one.
pub const ECHOES_PER_HOUR: i64 = 3;

/// A row for the outbound ledger.
#[derive(Clone, Debug, Serialize)]
pub struct NewMail {
    pub id: OutboundId,
    pub site_id: SiteId,
    pub ticket_id: TicketId,
    pub reply_id: Option<Uuid>,
    pub template: Template,
    pub to_address: String,
    pub to_name: String,
    /// What the template says beyond the ticket itself.
    pub facts: serde_json::Value,
    pub in_reply_to: Option<String>,
}

impl NewMail {
    /// The job that sends it.
    #[must_use]
    pub fn new_job(&self) -> NewJob {
        job_of(self.site_id, self.id)
    }
}

/// A mail's job has the mail's own id: whoever has the one finds the other.
pub(super) fn job_of(site_id: SiteId, outbound_id: OutboundId) -> NewJob {
    let job = NewJob::of(&mail_out::Deliver { site_id, outbound_id });
    NewJob { id: JobId(outbound_id.0), ..job }
}
