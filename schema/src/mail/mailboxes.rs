//! Mailboxes: which are watched, how one logs in to them, and how far each has been read.

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{MailboxId, NewJob, SiteId, mailbox};
use serde_json::json;
use uuid::Uuid;

/// A mailbox and where its reading stands. Its secrets are sealed.
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
    /// `password` or `xoauth2`.
    #[diesel(sql_type = Text)]
    pub auth: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub token_url: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub client_id: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    pub client_secret_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    pub refresh_token_sealed: Option<Vec<u8>>,
}

/// A mailbox as admins see it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Watched {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = Integer)]
    pub port: i32,
    #[diesel(sql_type = Text)]
    pub tls: String,
    #[diesel(sql_type = Text)]
    pub username: String,
    #[diesel(sql_type = Text)]
    pub folder: String,
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
    #[diesel(sql_type = Text)]
    pub auth: String,
    #[diesel(sql_type = Bool)]
    pub needs_reauthorisation: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub checked_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub trouble: Option<String>,
}

/// Who gives tokens for mailboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    Google,
    Microsoft,
}

impl Provider {
    /// Where a refresh token is exchanged.
    #[must_use]
    pub const fn token_url(self) -> &'static str {
        match self {
            Provider::Google => "https://oauth2.googleapis.com/token",
            Provider::Microsoft => "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        }
    }
}

/// A log-in by token, its secrets sealed.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    pub token_url: &'a str,
    pub client_id: &'a str,
    pub client_secret_sealed: Option<Vec<u8>>,
    pub refresh_token_sealed: Vec<u8>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    watched: Watched,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

#[derive(QueryableByName)]
struct Before {
    #[diesel(sql_type = Text)]
    auth: String,
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
        "select id, host, port, tls::text as tls, username, password_sealed, folder, is_active, by_site, uid_validity, \
             last_uid, auth::text as auth, token_url, client_id, client_secret_sealed, refresh_token_sealed \
         from mailboxes where id = ?",
    )
    .bind::<SqlUuid, _>(mailbox.0)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

/// A scope's mailboxes, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Watched>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql(
        "select id, site_id, host, port, tls::text as tls, username, folder, is_active, auth::text as auth,
             needs_reauthorisation, checked_at, trouble, count(*) over () as total
         from mailboxes order by username, host, id limit ? offset ?",
    )
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from mailboxes").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.watched).collect(), total))
}

/// Lets a mailbox be read with a token.
///
/// # Errors
/// See [`Refused`].
pub async fn authorise(
    db: &Db,
    scope: Scope,
    mailbox: MailboxId,
    grant: &Grant<'_>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Watched, Refused> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Watched> = sql("update mailboxes set auth = 'xoauth2', token_url = ?, client_id = ?,
             client_secret_sealed = ?, refresh_token_sealed = ?, needs_reauthorisation = false, trouble = null
         where id = ?
         returning id, site_id, host, port, tls::text as tls, username, folder, is_active, auth::text as auth,
             needs_reauthorisation, checked_at, trouble")
    .bind::<Text, _>(grant.token_url)
    .bind::<Text, _>(grant.client_id)
    .bind::<Nullable<Binary>, _>(grant.client_secret_sealed.as_deref())
    .bind::<Binary, _>(&grant.refresh_token_sealed)
    .bind::<SqlUuid, _>(mailbox.0)
    .get_results(tx.conn())
    .await?;
    let watched = rows.into_iter().next().ok_or(Refused::NotFound)?;
    let site = watched.site_id.map_or(SiteId::SYSTEM, SiteId);
    let entry = Entry::of(site, by, "MAILBOX_AUTHORISE", ("mailbox", watched.id), now);
    tx.audit(entry.with(json!({ "client_id": grant.client_id })));
    tx.commit().await?;
    Ok(watched)
}

/// Lets a mailbox be read with a password. What was granted for a log-in by token is forgotten.
///
/// # Errors
/// See [`Refused`].
pub async fn set_password(
    db: &Db,
    scope: Scope,
    mailbox: MailboxId,
    password_sealed: &[u8],
    by: &By,
    now: DateTime<Utc>,
) -> Result<Watched, Refused> {
    let mut tx = db.begin(scope).await?;
    let old: Vec<Before> = sql("select auth::text as auth from mailboxes where id = ? for update")
        .bind::<SqlUuid, _>(mailbox.0)
        .get_results(tx.conn())
        .await?;
    let old = old.into_iter().next().ok_or(Refused::NotFound)?;
    forget_token(&mut tx, mailbox).await?;
    let watched: Watched = sql("update mailboxes set password_sealed = ?, trouble = null where id = ?
         returning id, site_id, host, port, tls::text as tls, username, folder, is_active, auth::text as auth,
             needs_reauthorisation, checked_at, trouble")
    .bind::<Binary, _>(password_sealed)
    .bind::<SqlUuid, _>(mailbox.0)
    .get_result(tx.conn())
    .await?;
    let site = watched.site_id.map_or(SiteId::SYSTEM, SiteId);
    let entry = Entry::of(site, by, "MAILBOX_PASSWORD", ("mailbox", watched.id), now);
    tx.audit(entry.changing(&json!({ "auth": old.auth }), &json!({ "auth": watched.auth })));
    tx.commit().await?;
    Ok(watched)
}

/// Ends a log-in by token: neither the grant nor who gave it stays.
///
/// # Errors
/// The database is away.
pub(crate) async fn forget_token(tx: &mut Tx, mailbox: MailboxId) -> DbResult<()> {
    sql("update mailboxes set auth = 'password', token_url = null, client_id = null, client_secret_sealed = null,
             refresh_token_sealed = null, needs_reauthorisation = false
         where id = ?")
    .bind::<SqlUuid, _>(mailbox.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps the refresh token that came in place of the last one (Microsoft gives a new one each time).
///
/// # Errors
/// The database is away.
pub async fn renew(tx: &mut Tx, mailbox: MailboxId, old_sealed: &[u8], new_sealed: &[u8]) -> DbResult<()> {
    sql("update mailboxes set refresh_token_sealed = ? where id = ? and refresh_token_sealed = ?")
        .bind::<Binary, _>(new_sealed)
        .bind::<SqlUuid, _>(mailbox.0)
        .bind::<Binary, _>(old_sealed)
        .execute(tx.conn())
        .await?;
    Ok(())
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

/// Notes how a look at the mailbox went: none for well. Whether somebody has to grant the log-in anew is noted as well.
///
/// # Errors
/// The database is away.
pub async fn note(
    tx: &mut Tx,
    mailbox: MailboxId,
    trouble: Option<&str>,
    needs_reauthorisation: bool,
) -> DbResult<()> {
    sql("update mailboxes set checked_at = now(), trouble = ?, needs_reauthorisation = ? where id = ?")
        .bind::<Nullable<Text>, _>(trouble)
        .bind::<Bool, _>(needs_reauthorisation)
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
    sql("update mailboxes set uid_validity = ?, last_uid = ?, checked_at = now(), trouble = null,
             needs_reauthorisation = false
         where id = ?")
    .bind::<BigInt, _>(i64::from(uid_validity))
    .bind::<BigInt, _>(i64::from(last_uid))
    .bind::<SqlUuid, _>(mailbox.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}
