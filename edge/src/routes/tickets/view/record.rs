//! A ticket's own fields.

use super::card::CardView;
use crate::time::instant;
use schema::tickets::view::Record;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// The fields of A8-01, with the names of what they refer to.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct RecordView {
    #[serde(flatten)]
    pub card: CardView,
    pub message: String,
    pub visitor_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    #[schema(value_type = Object)]
    pub custom_fields: Value,
    /// Of the desk, for the desk: never shown to a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Option<String>>,
    pub form_submission_id: Option<Uuid>,
    pub sla_breach_notified: bool,
    pub sla_breach_time: Option<String>,
}

impl RecordView {
    /// As staff read it.
    pub fn of(record: Record) -> Self {
        let notes = record.notes.clone();
        Self { notes: Some(notes), ..Self::without_notes(record) }
    }

    /// As the customer reads it.
    pub fn without_notes(record: Record) -> Self {
        Self {
            card: record.card.into(),
            message: record.message,
            visitor_id: record.visitor_id,
            user_id: record.user_id,
            custom_fields: record.custom_fields,
            notes: None,
            form_submission_id: record.form_submission_id,
            sla_breach_notified: record.sla_breach_notified,
            sla_breach_time: record.sla_breach_time.map(instant),
        }
    }
}
