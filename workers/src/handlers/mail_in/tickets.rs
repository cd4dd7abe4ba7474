//! New tickets out of mails.

use super::desk::{Desk, WORKER};
use crate::env::Env;
use jobs::{SiteId, TicketId};
use schema::mail::Template;
use schema::mail::inbound::Outcome;
use schema::mail::rules::priority;
use schema::pool::Tx;
use schema::tickets::rules::{Priority, Source};
use schema::tickets::{Confirmation, NewTicket, NotCreated, Origin, create_within};
use serde_json::{Value, json};

impl Desk<'_> {
    /// A ticket, which may name an earlier one. Whoever its sender wrote to besides takes part in it.
    pub async fn ticket(self, tx: &mut Tx, previous: Option<i64>) -> anyhow::Result<Outcome> {
        let (env, site) = (self.env, self.site.id);
        let created = create_within(tx, &self.new_ticket(previous)).await;
        let ticket = TicketId(created.map_err(|error| forget_stale(error, env, site))?.id);
        self.welcome(tx, ticket, true).await?;
        self.keep_body(tx, ticket, ticket.0).await?;
        Ok(Outcome::Ticket(ticket))
    }

    pub fn new_ticket(&self, previous: Option<i64>) -> NewTicket {
        let mail = self.mail();
        let confirmation = self.may_be_confirmed().then(|| Confirmation {
            template: Template::Acknowledgement,
            facts: json!({}),
            in_reply_to: mail.message_id.clone(),
        });
        NewTicket {
            id: TicketId::fresh(),
            site: self.site.clone(),
            subject: mail.subject.clone(),
            message: mail.text.clone(),
            visitor_name: mail.sender.name.clone(),
            visitor_email: Some(mail.sender.address.clone()),
            visitor_phone: None,
            user_id: None,
            actor_id: None,
            priority: Priority::parse(priority::priority(&mail.subject, &mail.text).code())
                .unwrap_or_default(),
            department_id: None,
            category_id: None,
            source: Source::Email,
            custom_fields: self.custom_fields(previous),
            form_submission_id: None,
            attachments: self.files.clone(),
            confirmation,
            created_at: self.now,
            origin: Origin { worker: Some(WORKER), ..Origin::default() },
            idempotency: None,
            ends: None,
        }
    }

    /// No automatic mail goes to programs, to ourselves, or to somebody whose address was only borrowed (RFC 3834).
    fn may_be_confirmed(&self) -> bool {
        self.mail().may_be_confirmed() && !self.is_from_us() && !self.mail().is_disowned
    }

    fn custom_fields(&self, previous: Option<i64>) -> Value {
        let mut fields = json!({});
        if let Some(number) = previous {
            fields["previous_ticket_number"] = json!(number);
        }
        if self.mail().machine.is_some() {
            fields["is_machine_mail"] = json!(true);
        }
        if self.mail().is_disowned {
            fields["sender_unverified"] = json!(true);
        }
        fields
    }
}

/// The next try reads the site's settings anew.
pub fn forget_stale(error: NotCreated, env: &Env, site: SiteId) -> NotCreated {
    if matches!(error, NotCreated::StaleSettings) {
        env.directory.forget(site);
    }
    error
}
