//! What staff write into a ticket of this family, other than its status.

use super::rows::{StaffTicket, find};
use crate::audit::{Entry, changes};
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::NewAttachment;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use serde_json::{Value, json};
use uuid::Uuid;

/// A file that takes the place of the ticket's own.
pub type NewFile = NewAttachment;

/// The fields as they shall be; none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<Option<String>>,
    pub subject: Option<String>,
    pub message: Option<String>,
    pub notes: Option<Option<String>>,
    pub user: Option<Option<Uuid>>,
    pub agent: Option<Option<Uuid>>,
    pub file: Option<NewFile>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotEdited {
    #[error("the site has no such ticket")]
    NotFound,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for NotEdited {
    fn from(error: diesel::result::Error) -> Self {
        NotEdited::Database(error.into())
    }
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Writes the fields in an open transaction that acts for the site.
///
/// # Errors
/// See [`NotEdited`].
pub async fn edit(
    tx: &mut Tx,
    site: SiteId,
    old: &StaffTicket,
    edit: Edit,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), NotEdited> {
    let before = snapshot(old);
    let new = merged(old, &edit);
    let rows: Vec<IdRow> =
        sql("update tickets set visitor_name = ?, visitor_email = ?, visitor_phone = ?, subject = ?,
            message = ?, notes = ?, user_id = ?, agent_id = ?, updated_at = ?
        where site_id = ? and id = ? returning id")
        .bind::<Text, _>(&new.visitor_name)
        .bind::<Nullable<Text>, _>(new.visitor_email.as_ref())
        .bind::<Nullable<Text>, _>(new.visitor_phone.as_ref())
        .bind::<Text, _>(&new.subject)
        .bind::<Text, _>(&new.message)
        .bind::<Nullable<Text>, _>(new.notes.as_ref())
        .bind::<Nullable<SqlUuid>, _>(new.user_id)
        .bind::<Nullable<SqlUuid>, _>(new.agent_id)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(old.id)
        .get_results(tx.conn())
        .await?;
    if rows.is_empty() {
        return Err(NotEdited::NotFound);
    }
    let mut after = snapshot(&new);
    if let Some(file) = edit.file {
        after["attachment"] = json!(file.file_name);
        attach(tx, site, old.id, &file).await?;
    }
    let action = if new.agent_id == old.agent_id { "UPDATE" } else { "TICKET_ASSIGN" };
    let entry = Entry::of(site, by, action, ("ticket", old.id), now);
    tx.audit(Entry { changes: changes(&before, &after), ..entry });
    Ok(())
}

fn merged(old: &StaffTicket, edit: &Edit) -> StaffTicket {
    let mut new = old.clone();
    let texts = [
        (&mut new.visitor_name, &edit.name),
        (&mut new.subject, &edit.subject),
        (&mut new.message, &edit.message),
    ];
    for (field, wanted) in texts {
        if let Some(text) = wanted {
            field.clone_from(text);
        }
    }
    new.visitor_email = edit.email.clone().or(new.visitor_email);
    new.visitor_phone = edit.phone.clone().unwrap_or(new.visitor_phone);
    new.notes = edit.notes.clone().unwrap_or(new.notes);
    new.user_id = edit.user.unwrap_or(new.user_id);
    new.agent_id = edit.agent.unwrap_or(new.agent_id);
    new
}

fn snapshot(ticket: &StaffTicket) -> Value {
    json!({ "visitor_name": ticket.visitor_name, "visitor_email": ticket.visitor_email,
        "visitor_phone": ticket.visitor_phone, "subject": ticket.subject, "message": ticket.message,
        "notes": ticket.notes, "user_id": ticket.user_id, "agent_id": ticket.agent_id,
        "attachment": ticket.file_name })
}

/// The old file's row stays, so that what was once sent can still be found; the newest one is shown.
async fn attach(tx: &mut Tx, site: SiteId, ticket: Uuid, file: &NewFile) -> DbResult<()> {
    sql("insert into ticket_attachments (id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key)
         values (?, ?, ?, ?, ?, ?, ?)")
    .bind::<SqlUuid, _>(file.id)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket)
    .bind::<Text, _>(&file.file_name)
    .bind::<Text, _>(&file.content_type)
    .bind::<BigInt, _>(file.size_bytes)
    .bind::<Nullable<Text>, _>(file.storage_key.as_ref())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The user, if he is an active agent or admin of the site (B12-59); with `any_role`, any user of it.
///
/// # Errors
/// The database is away.
pub async fn find_assignee(db: &Db, site: SiteId, user: Uuid, any_role: bool) -> DbResult<Option<Uuid>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<IdRow> = sql("select id from users where site_id = ? and id = ?
        and (? or (is_active and not is_banned and role in ('agent', 'admin')))")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(user)
    .bind::<diesel::sql_types::Bool, _>(any_role)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().next().map(|row| row.id))
}

/// Removes the ticket with all that hangs on it; its number is not given out again.
///
/// # Errors
/// See [`NotEdited`].
pub async fn delete(db: &Db, site: SiteId, name: &str, by: &By, now: DateTime<Utc>) -> Result<(), NotEdited> {
    let ticket = find(db, site, name).await?.ok_or(NotEdited::NotFound)?;
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone = sql("delete from tickets where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(ticket.id)
        .execute(tx.conn())
        .await?;
    if gone == 0 {
        return Err(NotEdited::NotFound);
    }
    let entry = Entry { actor_id: by.user_id, ..Entry::of_ticket(site, TicketId(ticket.id), "DELETE", now) };
    tx.audit(Entry {
        ip_address: by.origin.ip_address,
        user_agent: by.origin.user_agent.clone(),
        ..entry.with(json!({ "reference": ticket.reference }))
    });
    tx.commit().await?;
    Ok(())
}
