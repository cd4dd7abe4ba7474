//! Forms and submissions as they stand in the database.

use super::rules::Definition;
use crate::sites::Settings;
use crate::tickets::{NewKey, Origin};
use chrono::{DateTime, Utc};
use jobs::{FormId, SubmissionId, TicketId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A form that visitors may fill in.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub id: FormId,
    pub definition: Definition,
}

/// One file of a submission, as `form_submissions.files` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedFile {
    /// The field it came under.
    pub field: String,
    /// The sender's name for it.
    pub file_name: String,
    pub content_type: String,
    pub size_bytes: i64,
    pub storage_key: String,
}

/// A filled-in form to be stored, and the ticket it will become.
#[derive(Clone, Debug)]
pub struct NewSubmission {
    pub id: SubmissionId,
    pub site: Arc<Settings>,
    pub form_id: FormId,
    /// Everything that was submitted, by field name.
    pub data: Map<String, Value>,
    pub files: Vec<SubmittedFile>,
    /// The id under which the ticket will be made; none when the form makes no tickets.
    pub ticket_id: Option<TicketId>,
    pub submitted_at: DateTime<Utc>,
    pub origin: Origin,
    pub idempotency: Option<NewKey>,
}
