//! Going on from a closed ticket: a new one that names it and takes over whom and what it was about.

use super::hand::{Conflict, Hand, Refused};
use super::intake::{Created, create_within};
use super::plan::{Confirmation, NewTicket};
use super::rules::{Kind, Priority, Source, closes_by_itself, number_text};
use super::status::close_resolved;
use super::status_row::lock;
use super::view::record;
use crate::mail::Template;
use crate::pool::{Db, Scope};
use crate::sites::Settings;
use jobs::{TicketId, UserId};
use serde_json::json;
use std::sync::Arc;

/// What the new ticket says; what is none is taken from the closed one.
#[derive(Clone, Debug, Default)]
pub struct FollowUp {
    pub subject: Option<String>,
    pub message: Option<String>,
    pub priority: Option<Priority>,
}

/// Makes the ticket that goes on from a closed one. The closed one itself is not touched, so its lock does not matter.
///
/// # Errors
/// See [`Refused`]; the ticket is not closed.
pub async fn follow_up(
    db: &Db,
    hand: &Hand<'_>,
    site: &Arc<Settings>,
    ticket: TicketId,
    words: FollowUp,
) -> Result<Created, Refused> {
    let mut tx = db.begin(Scope::Site(site.id)).await?;
    let row = lock(&mut tx, site.id, ticket).await?.ok_or(Refused::NotFound)?;
    let kind = row.standing().kind;
    if closes_by_itself(kind, row.resolved_at, hand.now) {
        close_resolved(&mut tx, site.id, ticket, hand.now).await?;
    } else if kind != Kind::Closed {
        return Err(Refused::Conflict(Conflict::NotClosed));
    }
    let previous = record(&mut tx, site.id, ticket).await?.ok_or(Refused::NotFound)?;
    let number = number_text(row.ticket_number);
    let new = NewTicket {
        id: TicketId::fresh(),
        site: site.clone(),
        subject: words.subject.unwrap_or(previous.card.subject),
        message: words.message.unwrap_or_else(|| format!("{number} numaralı talebin devamı.")),
        visitor_name: previous.card.visitor_name,
        visitor_email: previous.card.visitor_email,
        visitor_phone: previous.card.visitor_phone,
        user_id: previous.user_id.map(UserId),
        actor_id: hand.by.user_id,
        priority: words.priority.or_else(|| Priority::parse(&row.priority)).unwrap_or_default(),
        department_id: previous.card.department_id,
        category_id: previous.card.category_id,
        source: Source::Agent,
        custom_fields: json!({ "previous_ticket_number": row.ticket_number }),
        form_submission_id: None,
        attachments: Vec::new(),
        confirmation: Some(Confirmation {
            template: Template::Acknowledgement,
            facts: json!({}),
            in_reply_to: None,
        }),
        created_at: hand.now,
        origin: hand.by.origin.clone(),
        idempotency: None,
        ends: None,
    };
    let created = create_within(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(created)
}
