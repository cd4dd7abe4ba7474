//! Log-in: a session with its first refresh token, and what is noted when it fails.

use super::account::Account;
use super::devices::{Because, end};
use super::factor::spend;
use super::profile::{Profile, profile};
use super::rules::{SESSION_LIVES, SESSIONS_MAX};
use super::secret::Secret;
use crate::audit::Entry;
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use serde_json::json;
use uuid::Uuid;

/// What was proved, and how it is to be recorded.
pub struct SignIn<'a> {
    /// As it was when its password was verified.
    pub account: &'a Account,
    /// What takes the place of an outdated hash.
    pub new_hash: Option<String>,
    /// The password is known to everybody.
    pub must_change: bool,
    /// The time step of the second factor's code, where there is one.
    pub step: Option<i64>,
    pub by: &'a By,
}

/// Somebody who has just signed in.
#[derive(Debug)]
pub struct SignedIn {
    pub session: Uuid,
    pub refresh_token: Secret,
    pub profile: Profile,
}

/// Why nobody is signed in; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedIn {
    #[error("the account was changed since its password was verified")]
    Changed,
    #[error("the code of the second factor was used before")]
    CodeUsed,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for NotSignedIn {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Begins a session.
///
/// # Errors
/// See [`NotSignedIn`].
pub async fn sign_in(db: &Db, given: SignIn<'_>, now: DateTime<Utc>) -> Result<SignedIn, NotSignedIn> {
    let user = given.account.id;
    let mut tx = db.begin(Scope::System).await?;
    if !enter(&mut tx, &given, now).await? {
        return Err(NotSignedIn::Changed);
    }
    if let Some(step) = given.step
        && !spend(&mut tx, user, step).await?
    {
        return Err(NotSignedIn::CodeUsed);
    }
    let (session, refresh_token) = (Uuid::now_v7(), Secret::fresh());
    begin(&mut tx, user, session, given.by, now).await?;
    hand_out(&mut tx, session, &refresh_token, now).await?;
    end_surplus(&mut tx, user, now).await?;
    let profile = profile(tx.conn(), user.0).await?.ok_or(NotSignedIn::Changed)?;
    let by = By { user_id: Some(user), origin: given.by.origin.clone() };
    let entry = Entry::of(given.account.site, &by, "LOGIN", ("user", user.0), now);
    tx.audit(entry.with(json!({ "session_id": session })));
    tx.commit().await?;
    Ok(SignedIn { session, refresh_token, profile })
}

/// Notes a log-in that failed, of an account or of none: the same work for both. What was typed is noted nowhere, since
/// people type passwords into the wrong field.
///
/// # Errors
/// The database is away.
pub async fn note_failure(
    db: &Db,
    account: Option<&Account>,
    reason: &'static str,
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let mut tx = db.begin(Scope::System).await?;
    let site: Option<SiteId> = account.and_then(|account| account.site);
    let target = account.map(|account| account.id.0);
    let entry =
        Entry::of(site, by, "LOGIN_FAILED", ("user", Uuid::nil()), now).with(json!({ "reason": reason }));
    tx.audit(Entry { target_id: target, ..entry });
    tx.commit().await
}

/// Whether the account is still as it was. A log-in is no edit: `updated_at` stays.
async fn enter(tx: &mut Tx, given: &SignIn<'_>, now: DateTime<Utc>) -> DbResult<bool> {
    let entered = sql("update users set last_login = ?, password_hash = coalesce(?, password_hash),
             must_change_password = must_change_password or ?
         where id = ? and password_hash = ? and is_active and not is_banned")
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<Text>, _>(given.new_hash.as_deref())
    .bind::<Bool, _>(given.must_change)
    .bind::<SqlUuid, _>(given.account.id.0)
    .bind::<Text, _>(&given.account.password_hash)
    .execute(tx.conn())
    .await?;
    Ok(entered == 1)
}

async fn begin(tx: &mut Tx, user: UserId, session: Uuid, by: &By, now: DateTime<Utc>) -> DbResult<()> {
    sql("insert into sessions (id, user_id, created_at, last_seen_at, expires_at, ip_address, user_agent)
         values (?, ?, ?, ?, ?, ?::inet, ?)")
    .bind::<SqlUuid, _>(session)
    .bind::<SqlUuid, _>(user.0)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + SESSION_LIVES)
    .bind::<Nullable<Text>, _>(by.origin.ip_address.map(|address| address.to_string()))
    .bind::<Nullable<Text>, _>(by.origin.user_agent.as_deref())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives a session its next refresh token; the session lasts as long as that.
pub(super) async fn hand_out(tx: &mut Tx, session: Uuid, token: &Secret, now: DateTime<Utc>) -> DbResult<()> {
    sql("with extended as (update sessions set expires_at = ?, last_seen_at = ? where id = ? returning id)
         insert into refresh_tokens (token_hash, session_id, created_at) select ?, id, ? from extended")
    .bind::<Timestamptz, _>(now + SESSION_LIVES)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(session)
    .bind::<Binary, _>(token.hash())
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The user's row is locked by [`enter`]: two log-ins at once count one after the other.
async fn end_surplus(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> DbResult<()> {
    let surplus: Vec<Id> = sql("select id from sessions
         where user_id = ? and ended_at is null and expires_at > ? order by last_seen_at desc, id desc offset ?")
    .bind::<SqlUuid, _>(user.0)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(SESSIONS_MAX)
    .get_results(tx.conn())
    .await?;
    let surplus: Vec<Uuid> = surplus.into_iter().map(|row| row.id).collect();
    end(tx, user, &surplus, Because::Limit, now).await?;
    Ok(())
}
