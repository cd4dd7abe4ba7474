//! What staff write into a ticket of this family, other than its status.

use super::rows::StaffTicket;
use crate::audit::{Entry, changes};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::NewAttachment;
use crate::tickets::assign::give;
use crate::tickets::hand::{Hand, Refused};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId, UserId};
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

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Writes the fields in an open transaction that acts for the site.
///
/// # Errors
/// See [`Refused`].
pub async fn edit(tx: &mut Tx, hand: &Hand<'_>, old: &StaffTicket, edit: Edit) -> Result<(), Refused> {
    let row = hand.lay(tx, TicketId(old.id)).await?;
    let (before, new) = (snapshot(old), merged(old, &edit));
    let mut after = snapshot(&new);
    write(tx, hand.site.id, &new, hand.now).await?;
    if let Some(file) = edit.file {
        after["attachment"] = json!(file.file_name);
        attach(tx, hand.site.id, old.id, &file).await?;
    }
    if before != after {
        let entry = Entry::of(hand.site.id, hand.by, "UPDATE", ("ticket", old.id), hand.now);
        tx.audit(Entry { changes: changes(&before, &after), ..entry });
    }
    match edit.agent {
        Some(agent) => give(tx, hand, &row, agent.map(UserId)).await,
        None => Ok(()),
    }
}

async fn write(tx: &mut Tx, site: SiteId, new: &StaffTicket, now: DateTime<Utc>) -> DbResult<()> {
    sql(
        "update tickets set visitor_name = ?, visitor_email = ?, visitor_phone = ?, subject = ?, message = ?,
             notes = ?, user_id = ?, updated_at = ?
         where site_id = ? and id = ?",
    )
    .bind::<Text, _>(&new.visitor_name)
    .bind::<Nullable<Text>, _>(new.visitor_email.as_ref())
    .bind::<Nullable<Text>, _>(new.visitor_phone.as_ref())
    .bind::<Text, _>(&new.subject)
    .bind::<Text, _>(&new.message)
    .bind::<Nullable<Text>, _>(new.notes.as_ref())
    .bind::<Nullable<SqlUuid>, _>(new.user_id)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(new.id)
    .execute(tx.conn())
    .await?;
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
    new
}

fn snapshot(ticket: &StaffTicket) -> Value {
    json!({ "visitor_name": ticket.visitor_name, "visitor_email": ticket.visitor_email,
        "visitor_phone": ticket.visitor_phone, "subject": ticket.subject, "message": ticket.message,
        "notes": ticket.notes, "user_id": ticket.user_id,
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
