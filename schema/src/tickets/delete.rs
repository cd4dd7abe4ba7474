//! Deleting a ticket, with all that was said in it.

use super::hand::{Hand, Refused};
use crate::audit::Entry;
use crate::pool::{Db, Scope};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::TicketId;
use serde_json::json;

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    storage_key: String,
}

/// Deletes a ticket and answers the keys of its files, to which no row refers any more.
///
/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, hand: &Hand<'_>, ticket: TicketId) -> Result<Vec<String>, Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = hand.lay(&mut tx, ticket).await?;
    let keys: Vec<Key> = sql("select a.storage_key from ticket_attachments a
         where a.site_id = ? and a.ticket_id = ? and a.storage_key is not null
           and not exists (select from ticket_attachments o where o.storage_key = a.storage_key and o.ticket_id <> a.ticket_id)")
    .bind::<SqlUuid, _>(row.site_id)
    .bind::<SqlUuid, _>(row.id)
    .get_results(tx.conn())
    .await?;
    sql("delete from tickets where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(row.site_id)
        .bind::<SqlUuid, _>(row.id)
        .execute(tx.conn())
        .await?;
    let entry = Entry::of(hand.site.id, hand.by, "DELETE", ("ticket", row.id), hand.now);
    tx.audit(entry.with(json!({ "ticket_number": row.ticket_number, "status": row.status })));
    tx.commit().await?;
    Ok(keys.into_iter().map(|row| row.storage_key).collect())
}
