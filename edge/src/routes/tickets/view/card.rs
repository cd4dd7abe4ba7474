//! A ticket in a list or on the board.

use crate::time::instant;
use schema::tickets::view::Card;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// All that a row of a list shows (B21-17).
#[derive(Serialize, ToSchema)]
#[schema(as = TicketCard)]
pub struct CardView {
    pub id: Uuid,
    pub site_id: Uuid,
    pub ticket_number: i64,
    pub reference: String,
    pub subject: String,
    /// The message's first 200 characters.
    pub excerpt: String,
    pub visitor_name: String,
    pub visitor_email: Option<String>,
    pub visitor_phone: Option<String>,
    pub status: String,
    pub status_label: String,
    pub status_color: String,
    /// `new`, `open`, `waiting`, `resolved` or `closed`.
    pub status_kind: String,
    pub priority: String,
    pub department_id: Option<Uuid>,
    pub department_name: Option<String>,
    pub category_id: Option<Uuid>,
    pub category_name: Option<String>,
    pub agent_id: Option<Uuid>,
    pub agent_name: Option<String>,
    pub source: String,
    pub tags: Vec<String>,
    pub has_attachments: bool,
    /// The name of whoever is writing in it.
    pub locked_by: Option<String>,
    pub sla_due_date: Option<String>,
    pub sla_breached: bool,
    pub created_at: String,
    pub updated_at: String,
    pub resolved_at: Option<String>,
    pub closed_at: Option<String>,
    pub merged_into: Option<Uuid>,
    /// Grows with every change; the `ETag` of the ticket.
    pub version: i64,
}

impl From<Card> for CardView {
    fn from(card: Card) -> Self {
        Self {
            id: card.id,
            site_id: card.site_id,
            ticket_number: card.ticket_number,
            reference: card.reference,
            subject: card.subject,
            excerpt: card.excerpt,
            visitor_name: card.visitor_name,
            visitor_email: card.visitor_email,
            visitor_phone: card.visitor_phone,
            status: card.status,
            status_label: card.status_label,
            status_color: card.status_color,
            status_kind: card.status_kind,
            priority: card.priority,
            department_id: card.department_id,
            department_name: card.department_name,
            category_id: card.category_id,
            category_name: card.category_name,
            agent_id: card.agent_id,
            agent_name: card.agent_name,
            source: card.source,
            tags: card.tags,
            has_attachments: card.has_attachments,
            locked_by: card.locked_by,
            sla_due_date: card.sla_due_date.map(instant),
            sla_breached: card.sla_breached,
            created_at: instant(card.created_at),
            updated_at: instant(card.updated_at),
            resolved_at: card.resolved_at.map(instant),
            closed_at: card.closed_at.map(instant),
            merged_into: card.merged_into,
            version: card.version,
        }
    }
}
