//! Words that agents put on tickets.

use super::status_row::Row;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

/// Tags of one ticket, and characters of one tag.
pub const TAGS_MAX: usize = 20;
pub const TAG_CHARS_MAX: usize = 50;

/// Each once, in order, without the space around it.
pub(super) fn tidied(tags: Vec<String>) -> Vec<String> {
    let mut tags: Vec<String> =
        tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Gives a ticket these tags and no others.
pub(super) async fn put(tx: &mut Tx, row: &Row, tags: &[String]) -> DbResult<()> {
    sql("delete from ticket_tags where site_id = ? and ticket_id = ? and tag <> all(?)")
        .bind::<SqlUuid, _>(row.site_id)
        .bind::<SqlUuid, _>(row.id)
        .bind::<Array<Text>, _>(tags)
        .execute(tx.conn())
        .await?;
    sql("insert into ticket_tags (site_id, ticket_id, created_at, tag)
         select ?, ?, ?, tag from unnest(?) as tag on conflict do nothing")
    .bind::<SqlUuid, _>(row.site_id)
    .bind::<SqlUuid, _>(row.id)
    .bind::<Timestamptz, _>(row.created_at)
    .bind::<Array<Text>, _>(tags)
    .execute(tx.conn())
    .await?;
    Ok(())
}
