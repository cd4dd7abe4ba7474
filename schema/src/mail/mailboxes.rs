//! Mailboxes: which are watched, and how far each has been read.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{MailboxId, NewJob, mailbox};
use uuid::Uuid;

/// A mailbox and where its reading stands. Its password is sealed.
#[derive(Clone, QueryableByName)]
pub struct Mailbox {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = Integer)]
    pub port: i32,
    #[diesel(sql_type = Text)]
    pub tls: String,
    #[diesel(sql_type = Text)]
    pub username: String,
    #[diesel(sql_type = Binary)]
    pub password_sealed: Vec<u8>,
    #[diesel(sql_type = Text)]
    pub folder: String,
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
    /// Named by a site's own people: its server must be one they may reach.
    #[diesel(sql_type = Bool)]
    pub by_site: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub uid_validity: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub last_uid: i64,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A mailbox by its id. Mailboxes may serve several sites: the transaction acts for the system.
///
/// # Errors
/// The database is away.
pub async fn find(tx: &mut Tx, mailbox: MailboxId) -> DbResult<Option<Mailbox>> {
    let rows: Vec<Mailbox> = sql(
        "select id, host, port, tls, username, password_sealed, folder, is_active, by_site, uid_validity, last_uid \
         from mailboxes where id = ?",
    )
    .bind::<SqlUuid, _>(mailbox.0)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

/// Enqueues a watch for every active mailbox that has none.
///
/// # Errors
/// The database is away.
pub async fn ensure_watched(tx: &mut Tx) -> DbResult<()> {
    let rows: Vec<IdRow> = sql("select m.id from mailboxes m where m.is_active and not exists (
             select from jobs j where j.dedupe_key = 'mailbox.watch:' || m.id and j.state <> 'dead')")
    .get_results(tx.conn())
    .await?;
    for row in rows {
        let watch = mailbox::Watch { mailbox_id: MailboxId(row.id) };
        tx.enqueue(NewJob::of(&watch).unless_pending(watch.key()));
    }
    Ok(())
}

/// Notes how a look at the mailbox went: none for well.
///
/// # Errors
/// The database is away.
pub async fn note(tx: &mut Tx, mailbox: MailboxId, trouble: Option<&str>) -> DbResult<()> {
    sql("update mailboxes set checked_at = now(), trouble = ? where id = ?")
        .bind::<Nullable<Text>, _>(trouble)
        .bind::<SqlUuid, _>(mailbox.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Moves the cursor. Only the holder of the mailbox's watch gets here.
///
/// # Errors
/// The database is away.
pub async fn advance(tx: &mut Tx, mailbox: MailboxId, uid_validity: u32, last_uid: u32) -> DbResult<()> {
    sql("update mailboxes set uid_validity = ?, last_uid = ?, checked_at = now(), trouble = null where id = ?")
        .bind::<BigInt, _>(i64::from(uid_validity))
        .bind::<BigInt, _>(i64::from(last_uid))
        .bind::<SqlUuid, _>(mailbox.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
