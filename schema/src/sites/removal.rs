//! Takes away what belonged to a deleted site, a bounded part per transaction. Everything may be done twice.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

/// Rows that one transaction takes away.
pub const CHUNK: i64 = 1_000;

/// A received mail, and where its bytes are if they are in the file store.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mail {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub raw_key: Option<String>,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

#[derive(QueryableByName)]
struct Removed {
    #[diesel(sql_type = BigInt)]
    removed: i64,
}

/// Whether the site was deleted and is to be taken away, or is away already.
///
/// # Errors
/// The database is away.
pub async fn is_due(tx: &mut Tx, site: SiteId) -> DbResult<bool> {
    let row: Answer =
        sql("select not exists (select from sites where id = ? and deleted_at is null) as answer")
            .bind::<SqlUuid, _>(site.0)
            .get_result(tx.conn())
            .await?;
    Ok(row.answer)
}

/// Some of the mails the site received, those of its mailboxes that belong to nobody included. Their bytes go before
/// [`remove_mails`] takes the rows that know them.
///
/// # Errors
/// The database is away.
pub async fn mails(tx: &mut Tx, site: SiteId) -> DbResult<Vec<Mail>> {
    Ok(sql("(select id, raw_key from mail_messages where site_id = ? limit ?)
        union all
        (select m.id, m.raw_key from mailboxes b join mail_messages m on m.mailbox_id = b.id
         where b.site_id = ? and m.site_id is null limit ?)")
    .bind::<SqlUuid, _>(site.0)
    .bind::<BigInt, _>(CHUNK)
    .bind::<SqlUuid, _>(site.0)
    .bind::<BigInt, _>(CHUNK)
    .get_results(tx.conn())
    .await?)
}

/// # Errors
/// The database is away.
pub async fn remove_mails(tx: &mut Tx, mails: &[Mail]) -> DbResult<()> {
    let ids: Vec<Uuid> = mails.iter().map(|mail| mail.id).collect();
    sql("delete from mail_messages where id = any(?)")
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes some rows away; 0 when only the site and its log are left.
///
/// # Errors
/// The database is away.
pub async fn remove_rows(tx: &mut Tx, site: SiteId) -> DbResult<i64> {
    let row: Removed = sql("select site_remove(?, ?) as removed")
        .bind::<SqlUuid, _>(site.0)
        .bind::<BigInt, _>(CHUNK)
        .get_result(tx.conn())
        .await?;
    Ok(row.removed)
}

/// Takes the site itself away, with what a request of the last moment may have left.
///
/// # Errors
/// The database is away.
pub async fn remove_site(tx: &mut Tx, site: SiteId) -> DbResult<()> {
    sql("delete from sites where id = ? and deleted_at is not null")
        .bind::<SqlUuid, _>(site.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
