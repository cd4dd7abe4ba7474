//! Makes the ticket of a stored submission, under the id that its sender was told (B11-23).
//!
//! The submission's row is locked first: of two workers the second finds the ticket made. The deadline counts from
//! the submission, however late the ticket is made.

use super::rows::SubmittedFile;
use super::rules::{Definition, message_text, requester, subject};
use crate::mail::Template;
use crate::pool::{DbError, DbResult, Tx};
use crate::sites::Settings;
use crate::sql::sql;
use crate::tickets::rules::{Priority, Source};
use crate::tickets::{Confirmation, Created, NewAttachment, NewTicket, NotCreated, Origin, create_within};
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Json, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, SubmissionId, TicketId};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// What came of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Converted {
    Created(Created),
    /// Its ticket was made before.
    Already,
    /// The form makes no tickets.
    NotWanted,
    /// The site has no such submission.
    Unknown,
}

/// Why no ticket was made.
#[derive(Debug, thiserror::Error)]
pub enum NotConverted {
    /// Nothing was written; the transaction goes on.
    #[error("the site's settings have changed since they were read")]
    StaleSettings,
    /// What is stored cannot be read, now or later.
    #[error("the stored submission cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The transaction is lost.
    #[error(transparent)]
    NotCreated(#[from] NotCreated),
    #[error(transparent)]
    Database(#[from] DbError),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Json)]
    data: Value,
    #[diesel(sql_type = Json)]
    files: Value,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    ticket_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    submitted_at: DateTime<Utc>,
    #[diesel(sql_type = Json)]
    definition: Value,
    #[diesel(sql_type = BigInt)]
    settings_version: i64,
}

/// Makes the ticket. `tx` acts for the site.
///
/// # Errors
/// See [`NotConverted`].
pub async fn convert(
    tx: &mut Tx,
    site: &Arc<Settings>,
    submission: SubmissionId,
) -> Result<Converted, NotConverted> {
    let Some(row) = lock(tx, site.id, submission).await? else { return Ok(Converted::Unknown) };
    let Some(ticket_id) = row.ticket_id else { return Ok(Converted::NotWanted) };
    if is_converted(tx, site.id, submission).await? {
        return Ok(Converted::Already);
    }
    if row.settings_version != site.version {
        return Err(NotConverted::StaleSettings);
    }
    let ticket = ticket(row, TicketId(ticket_id), site, submission)?;
    Ok(Converted::Created(create_within(tx, &ticket).await?))
}

async fn lock(tx: &mut Tx, site: SiteId, submission: SubmissionId) -> DbResult<Option<Row>> {
    let rows: Vec<Row> = sql(
        "select b.data::json as data, b.files::json as files, b.ticket_id, b.submitted_at, s.settings_version,
                json_build_object('name', f.name, 'fields', f.fields, 'create_ticket', f.create_ticket,
                    'department_id', f.department_id, 'category_id', f.category_id,
                    'default_priority', f.default_priority) as definition
         from form_submissions b
         join dynamic_forms f on f.id = b.form_id and f.site_id = b.site_id
         join sites s on s.id = b.site_id
         where b.site_id = ? and b.id = ? for no key update of b",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(submission.0)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

/// Asked in a statement of its own, which sees what was committed while the lock was waited for.
async fn is_converted(tx: &mut Tx, site: SiteId, submission: SubmissionId) -> DbResult<bool> {
    #[derive(QueryableByName)]
    struct Known {
        #[diesel(sql_type = Bool)]
        known: bool,
    }
    let row: Known =
        sql("select exists (select from tickets where site_id = ? and form_submission_id = ?) as known")
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(submission.0)
            .get_result(tx.conn())
            .await?;
    Ok(row.known)
}

fn ticket(
    row: Row,
    id: TicketId,
    site: &Arc<Settings>,
    submission: SubmissionId,
) -> Result<NewTicket, serde_json::Error> {
    let form = Definition::deserialize(row.definition)?;
    let values = Map::deserialize(row.data)?;
    let files = Vec::<SubmittedFile>::deserialize(row.files)?;
    let from = requester(&values);
    let priority = form.default_priority.as_deref().and_then(Priority::parse).unwrap_or_default();
    Ok(NewTicket {
        id,
        site: site.clone(),
        subject: subject(&form, &values),
        message: message_text(&form, &values),
        visitor_name: from.name.or_else(|| from.email.clone()).unwrap_or_else(|| NAMELESS.to_owned()),
        visitor_email: from.email,
        visitor_phone: from.phone,
        user_id: None,
        actor_id: None,
        priority,
        department_id: form.department_id,
        category_id: form.category_id,
        source: Source::DynamicForm,
        custom_fields: Value::Object(values),
        form_submission_id: Some(submission),
        attachments: files.into_iter().map(attachment).collect(),
        confirmation: Some(Confirmation {
            template: Template::Acknowledgement,
            facts: json!({}),
            in_reply_to: None,
        }),
        created_at: row.submitted_at,
        origin: Origin { worker: Some("forms"), ..Origin::default() },
        idempotency: None,
        ends: None,
    })
}

/// What a sender who gave neither name nor address is called ("visitor").
const NAMELESS: &str = "Ziyaretçi";

fn attachment(file: SubmittedFile) -> NewAttachment {
    NewAttachment {
        id: Uuid::now_v7(),
        file_name: file.file_name,
        content_type: file.content_type,
        size_bytes: file.size_bytes,
        storage_key: Some(file.storage_key),
        refused_because: None,
        content_id: None,
    }
}
