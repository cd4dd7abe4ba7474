//! Which stored files no row names: what a killed process left behind, and what a deleted site had.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;

/// The folders whose files belong to rows. What lies elsewhere in the store is nobody's business here.
pub const FOLDERS: [&str; 6] =
    ["incoming", "support_tickets", "tickets", "forms", "mail", "mail_attachments"];

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    key: String,
}

/// Those of `keys` that neither an attachment nor a submitted form nor a raw mail names. `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn unnamed(tx: &mut Tx, keys: &[String]) -> DbResult<Vec<String>> {
    // Almost every key is an attachment's: only what is left is looked for where a look costs more.
    let rows: Vec<Key> = sql("with loose as materialized (
             select k.key from unnest(?) as k(key)
             where not exists (select from ticket_attachments a where a.storage_key = k.key)
               and not exists (select from mail_messages m where m.raw_key = k.key)
         ), submitted as materialized (
             select f.file ->> 'storage_key' as key
             from form_submissions s, jsonb_array_elements(s.files) as f(file)
             where s.files <> '[]' and exists (select from loose l where l.key like 'forms/%')
         )
         select l.key from loose l where not exists (select from submitted s where s.key = l.key)")
    .bind::<Array<Text>, _>(keys)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}
