//! The family's eighteen keys, in its order (B12-54).

use crate::time::instant;
use schema::tickets::rules::{FormStatus, Status};
use schema::tickets::staff::StaffTicket;
use schema::tickets::support_form::SUBJECTS;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// A ticket as this family shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = SupportTicket)]
pub struct View {
    id: Uuid,
    ticket_number: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    subject: String,
    message: String,
    #[schema(value_type = FormStatusWord)]
    status: &'static str,
    user: Option<Uuid>,
    user_email: Option<String>,
    assigned_to: Option<Uuid>,
    assigned_to_email: Option<String>,
    /// An absolute URL that staff of the site may open.
    attachment: Option<String>,
    attachment_name: Option<String>,
    notes: Option<String>,
    created_at: String,
    updated_at: String,
    /// Only while the ticket is resolved (B12-63).
    resolved_at: Option<String>,
}

/// What a form may be about.
pub enum SubjectWord {}

impl PartialSchema for SubjectWord {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(SUBJECTS)).into()
    }
}

impl ToSchema for SubjectWord {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SupportSubject")
    }
}

/// The family's words for statuses.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only described")]
pub enum FormStatusWord {
    Pending,
    InProgress,
    Resolved,
    Closed,
}

impl View {
    /// `base` is where the client reached this server.
    pub fn of(ticket: StaffTicket, base: &str) -> Self {
        let status = word(&ticket.status);
        let resolved = ticket.resolved_at.filter(|_| status == FormStatus::Resolved);
        Self {
            id: ticket.id,
            ticket_number: ticket.reference,
            name: ticket.visitor_name,
            email: ticket.visitor_email,
            phone: ticket.visitor_phone,
            subject: ticket.subject,
            message: ticket.message,
            status: status.as_str(),
            user: ticket.user_id,
            user_email: ticket.user_email,
            assigned_to: ticket.agent_id,
            assigned_to_email: ticket.agent_email,
            attachment: ticket.file_id.map(|file| format!("{base}/api/support/attachments/{file}")),
            attachment_name: ticket.file_name,
            notes: ticket.notes,
            created_at: instant(ticket.created_at),
            updated_at: instant(ticket.updated_at),
            resolved_at: resolved.map(instant),
        }
    }
}

/// The family's word for a status; one that a site invented is somewhere in progress.
pub fn word(status: &str) -> FormStatus {
    Status::parse(status).map_or(FormStatus::InProgress, FormStatus::outward)
}
