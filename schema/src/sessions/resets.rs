//! Forgotten passwords: asked for, mailed, redeemed.
//!
//! ```text
//! edge: ask_for_reset ─▶ job ─▶ worker: begin_reset ─▶ token (hashed) + mail (token sealed) ─▶ SMTP
//!                                                       edge: redeem_reset ◀── the link of the mail
//! ```
//!
//! Asking writes the same job for every address and looks nothing up, so neither answer nor time tells who has an
//! account (A2-16). Only the worker looks. The token itself stands nowhere in clear: its hash in `password_resets`,
//! sealed in the mail's facts until the mail has been sent.

use super::devices::{Because, end_sessions};
use super::password::void_resets;
use super::rules::{RESET_LIVES, RESETS_PER_HOUR};
use super::secret::Secret;
use crate::audit::Entry;
use crate::mail::account::{self, NewAccountMail, PASSWORD_RESET};
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::seal::Seal;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::accounts::ForgotPassword;
use jobs::{NewJob, OutboundId, SiteId, UserId};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use uuid::Uuid;

/// Why no password was set; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotReset {
    #[error("the token is unknown, used or expired, or its user is switched off")]
    BadToken,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for NotReset {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

#[derive(QueryableByName)]
struct Owner {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    recent: i64,
}

/// Has a reset mail sent to an address, if it turns out to be somebody's. While one request for an address waits,
/// further ones add nothing.
///
/// # Errors
/// The database is away.
pub async fn ask_for_reset(db: &Db, email: &str, by: &By) -> DbResult<()> {
    let origin = &by.origin;
    let (ip_address, user_agent) = (origin.ip_address, origin.user_agent.clone());
    let job = ForgotPassword { email: email.to_owned(), ip_address, user_agent };
    let mut key = String::from("password.forgot:");
    for byte in Sha256::digest(email) {
        let _ = write!(key, "{byte:02x}");
    }
    let mut tx = db.begin(Scope::System).await?;
    tx.enqueue(NewJob::of(&job).unless_pending(key).traced(origin.trace_id.clone()));
    tx.commit().await
}

/// Makes the token and its mail, if the address is somebody's who may sign in and has not had too many of them.
/// `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn begin_reset(
    tx: &mut Tx,
    seal: &Seal,
    email: &str,
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let Some(owner) = owner(tx, email, now).await?.filter(|owner| owner.recent < RESETS_PER_HOUR) else {
        return Ok(false);
    };
    let (token, site, user) = (Secret::fresh(), owner.site_id.map(SiteId), UserId(owner.id));
    sql("insert into password_resets (token_hash, user_id, created_at, expires_at) values (?, ?, ?, ?)")
        .bind::<Binary, _>(token.hash())
        .bind::<SqlUuid, _>(owner.id)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now + RESET_LIVES)
        .execute(tx.conn())
        .await?;
    let mail = NewAccountMail {
        id: OutboundId::fresh(),
        site,
        user,
        template: PASSWORD_RESET,
        to_address: owner.email,
        to_name: owner.name,
        facts: account::sealed_fact(seal, token.expose()),
    };
    account::post(tx, mail).await?;
    tx.audit(Entry::of(site, by, "PASSWORD_RESET_REQUEST", ("user", owner.id), now));
    Ok(true)
}

/// The user's row is locked, so that requests for one account are counted one after the other.
async fn owner(tx: &mut Tx, email: &str, now: DateTime<Utc>) -> DbResult<Option<Owner>> {
    let rows: Vec<Owner> = sql("select u.id, u.site_id, u.email::text, u.name::text,
             (select count(*) from password_resets r where r.user_id = u.id and r.created_at > ?) as recent
         from users u left join sites s on s.id = u.site_id
         where u.email = ? and u.is_active and not u.is_banned and coalesce(s.is_active, true)
         for no key update of u")
    .bind::<Timestamptz, _>(now - TimeDelta::hours(1))
    .bind::<Text, _>(email)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

macro_rules! good {
    () => {
        "t.token_hash = ? and t.used_at is null and t.expires_at > ?
         and exists (select from users u left join sites s on s.id = u.site_id
                     where u.id = t.user_id and u.is_active and not u.is_banned and coalesce(s.is_active, true))"
    };
}

/// Whether a token is good. Asked before a password is hashed, so that made-up tokens cost nothing.
///
/// # Errors
/// The database is away.
pub async fn find_reset(db: &Db, token: &Secret, now: DateTime<Utc>) -> DbResult<bool> {
    let mut tx = db.begin(Scope::System).await?;
    let found = sql(concat!("select 1 from password_resets t where ", good!()))
        .bind::<Binary, _>(token.hash())
        .bind::<Timestamptz, _>(now)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(found == 1)
}

#[derive(QueryableByName)]
struct User {
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
}

/// Sets the password that `hash` is of. The token is used up, and with it all others of the user; all his sessions end.
///
/// # Errors
/// See [`NotReset`].
pub async fn redeem_reset(
    db: &Db,
    token: &Secret,
    hash: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), NotReset> {
    let mut tx = db.begin(Scope::System).await?;
    let users: Vec<User> = sql(concat!(
        "with used as (update password_resets t set used_at = ? where ",
        good!(),
        " returning t.user_id)
         update users u set password_hash = ?, must_change_password = false, updated_at = ?
         from used where u.id = used.user_id returning u.id as user_id, u.site_id"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<Binary, _>(token.hash())
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(hash)
    .bind::<Timestamptz, _>(now)
    .get_results(tx.conn())
    .await?;
    let Some(User { user_id, site_id }) = users.into_iter().next() else {
        tx.rollback().await;
        return Err(NotReset::BadToken);
    };
    let user = UserId(user_id);
    void_resets(&mut tx, user, now).await?;
    let ended = end_sessions(&mut tx, user, None, Because::Password, now).await?;
    let by = By { user_id: Some(user), origin: by.origin.clone() };
    let entry = Entry::of(site_id.map(SiteId), &by, "PASSWORD_RESET", ("user", user_id), now);
    tx.audit(entry.with(json!({ "sessions_ended": ended })));
    tx.commit().await?;
    Ok(())
}
