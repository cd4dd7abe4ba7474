//! Mails that were given to nobody: seen, looked into, read again, given to a site, or put aside.
//!
//! A mail whose site is known is seen by that site's admins, any other by super admins alone: the transaction's scope
//! decides. Nothing is deleted; a mail that is put aside keeps its bytes.

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{MailId, NewJob, SiteId, mail_in};
use serde_json::json;
use uuid::Uuid;

/// A mail in quarantine.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Kept {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub mailbox_id: Uuid,
    /// Known of some.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub cause: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub sender: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub subject: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    pub recipients: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub message_id: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub size_bytes: i64,
    /// Its bytes are here: one that was too large to be fetched lies on its server.
    #[diesel(sql_type = Bool)]
    pub has_raw: bool,
    #[diesel(sql_type = Timestamptz)]
    pub received_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    kept: Kept,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// Where a mail's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Bytes {
    #[diesel(sql_type = Nullable<Binary>)]
    pub raw: Option<Vec<u8>>,
    /// The key in the file store of a large one.
    #[diesel(sql_type = Nullable<Text>)]
    pub raw_key: Option<String>,
}

/// The mails in quarantine, the latest first, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Kept>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> =
        sql("select id, mailbox_id, site_id, coalesce(cause, '') as cause, sender::text as sender,
            subject, coalesce(recipients, '{}') as recipients, message_id, size_bytes,
            raw_key is not null or length(raw) > 0 as has_raw, received_at, count(*) over () as total
        from mail_messages where outcome = 'quarantine' order by received_at desc, id desc limit ? offset ?")
        .bind::<BigInt, _>(span.limit)
        .bind::<BigInt, _>(span.offset)
        .get_results(tx.conn())
        .await?;
    let said = rows.last().map(|row| row.total);
    let count = "select count(*) as count from mail_messages where outcome = 'quarantine'";
    let total = total(&mut tx, said, span, count).await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.kept).collect(), total))
}

/// # Errors
/// The database is away.
pub async fn find(db: &Db, scope: Scope, mail: MailId) -> DbResult<Option<Kept>> {
    let mut tx = db.begin(scope).await?;
    let found = lock(&mut tx, mail).await?;
    tx.rollback().await;
    Ok(found)
}

/// # Errors
/// The database is away.
pub async fn bytes(db: &Db, scope: Scope, mail: MailId) -> DbResult<Option<Bytes>> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Bytes> = sql("select nullif(raw, ''::bytea) as raw, raw_key from mail_messages
        where id = ? and outcome = 'quarantine' and (raw_key is not null or length(raw) > 0)")
    .bind::<SqlUuid, _>(mail.0)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().next())
}

/// Has a mail read again as if it had just come in: after a mistake of ours was mended, or an address added to a site.
///
/// # Errors
/// See [`Refused`]; a mail that was never fetched cannot be read.
pub async fn replay(
    db: &Db,
    scope: Scope,
    mail: MailId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Kept, Refused> {
    again(db, scope, mail, None, by, now).await
}

/// Gives a mail to a site, whatever its addresses say.
///
/// # Errors
/// See [`Refused`]; `NamesUnknown` when there is no such site.
pub async fn assign(
    db: &Db,
    mail: MailId,
    site: SiteId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Kept, Refused> {
    again(db, Scope::System, mail, Some(site), by, now).await
}

async fn again(
    db: &Db,
    scope: Scope,
    mail: MailId,
    site: Option<SiteId>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Kept, Refused> {
    let mut tx = db.begin(scope).await?;
    let kept = lock(&mut tx, mail).await?.ok_or(Refused::NotFound)?;
    if !kept.has_raw {
        return Err(Refused::Taken);
    }
    if let Some(site) = site
        && !is_active(&mut tx, site).await?
    {
        return Err(Refused::NamesUnknown);
    }
    let site_id = site.map(|site| site.0).or(kept.site_id);
    sql("update mail_messages set outcome = 'received', cause = null, settled_at = null, site_id = ?,
             assigned_site_id = coalesce(?, assigned_site_id)
         where id = ?")
    .bind::<Nullable<SqlUuid>, _>(site_id)
    .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
    .bind::<SqlUuid, _>(mail.0)
    .execute(tx.conn())
    .await?;
    tx.enqueue(NewJob::of(&mail_in::Read { mail_id: mail }));
    let action = if site.is_some() { "MAIL_ASSIGN" } else { "MAIL_REPLAY" };
    log(&mut tx, &Kept { site_id, ..kept.clone() }, action, by, now);
    tx.commit().await?;
    Ok(Kept { site_id, ..kept })
}

/// Puts a mail aside: it is no longer shown.
///
/// # Errors
/// See [`Refused`].
pub async fn dismiss(
    db: &Db,
    scope: Scope,
    mail: MailId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    let mut tx = db.begin(scope).await?;
    let kept = lock(&mut tx, mail).await?.ok_or(Refused::NotFound)?;
    sql("update mail_messages set outcome = 'dismissed', settled_at = ? where id = ?")
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(mail.0)
        .execute(tx.conn())
        .await?;
    log(&mut tx, &kept, "MAIL_DISMISS", by, now);
    tx.commit().await?;
    Ok(())
}

fn log(tx: &mut Tx, kept: &Kept, action: &'static str, by: &By, now: DateTime<Utc>) {
    let site = kept.site_id.map_or(SiteId::SYSTEM, SiteId);
    tx.audit(Entry::of(site, by, action, ("mail", kept.id), now).with(json!({ "cause": kept.cause })));
}

async fn lock(tx: &mut Tx, mail: MailId) -> DbResult<Option<Kept>> {
    let rows: Vec<Kept> =
        sql("select id, mailbox_id, site_id, coalesce(cause, '') as cause, sender::text as sender,
            subject, coalesce(recipients, '{}') as recipients, message_id, size_bytes,
            raw_key is not null or length(raw) > 0 as has_raw, received_at
        from mail_messages where id = ? and outcome = 'quarantine' for update")
        .bind::<SqlUuid, _>(mail.0)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next())
}

async fn is_active(tx: &mut Tx, site: SiteId) -> DbResult<bool> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        is_active: bool,
    }
    let row: Answer = sql(
        "select exists (select from sites where id = ? and is_active and deleted_at is null) as is_active",
    )
    .bind::<SqlUuid, _>(site.0)
    .get_result(tx.conn())
    .await?;
    Ok(row.is_active)
}
