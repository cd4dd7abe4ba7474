//! A user's sessions, one per device he signed in on: seen, and ended.

use super::rules::IDLE_DAYS;
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use serde_json::json;
use uuid::Uuid;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    Logout,
    /// Its user ended it from the list of his devices.
    Ended,
    /// The password was changed or reset.
    Password,
    /// A refresh token came back.
    Reuse,
    Deactivated,
    /// The user has signed in on too many devices since.
    Limit,
}

impl Because {
    const fn as_str(self) -> &'static str {
        match self {
            Because::Logout => "logout",
            Because::Ended => "ended",
            Because::Password => "password",
            Because::Reuse => "reuse",
            Because::Deactivated => "deactivated",
            Because::Limit => "limit",
        }
    }
}

/// A session that lasts.
#[derive(Clone, Debug, QueryableByName)]
pub struct Device {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// To the minute.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    pub ip_address: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    device: Device,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// One page of a user's devices, the one used last first, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn devices(
    db: &Db,
    user: UserId,
    (limit, offset): (i64, i64),
    now: DateTime<Utc>,
) -> DbResult<(Vec<Device>, i64)> {
    let mut tx = db.begin(Scope::System).await?;
    let rows: Vec<Counted> = sql("select id, created_at, last_seen_at, host(ip_address) as ip_address, user_agent,
             count(*) over () as total
         from sessions
         where user_id = ? and ended_at is null and expires_at > ? and last_seen_at > ? - make_interval(days => ?)
         order by last_seen_at desc, id desc limit ? offset ?")
    .bind::<SqlUuid, _>(user.0)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(IDLE_DAYS)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    let total = rows.last().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.device).collect(), total))
}

/// Ends one of a user's sessions; false if he has no such session that lasts.
///
/// # Errors
/// The database is away.
pub async fn end_device(
    db: &Db,
    site: Option<SiteId>,
    user: UserId,
    session: Uuid,
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    close(db, (site, user, session), (Because::Ended, "SESSION_END"), by, now).await
}

/// Ends the session somebody calls from.
///
/// # Errors
/// The database is away.
pub async fn sign_out(
    db: &Db,
    site: Option<SiteId>,
    user: UserId,
    session: Uuid,
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    close(db, (site, user, session), (Because::Logout, "LOGOUT"), by, now).await
}

/// Ends all sessions of a user but one, in the transaction of what is the reason; how many there were.
///
/// # Errors
/// The database is away.
pub async fn end_sessions(
    tx: &mut Tx,
    user: UserId,
    but: Option<Uuid>,
    because: Because,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    let ended = sql("update sessions set ended_at = ?, ended_because = ?
         where user_id = ? and id is distinct from ? and ended_at is null")
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(because.as_str())
    .bind::<SqlUuid, _>(user.0)
    .bind::<Nullable<SqlUuid>, _>(but)
    .execute(tx.conn())
    .await?;
    Ok(ended)
}

/// Ends sessions of a user; how many lasted until now.
pub(super) async fn end(
    tx: &mut Tx,
    user: UserId,
    sessions: &[Uuid],
    because: Because,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    if sessions.is_empty() {
        return Ok(0);
    }
    let ended = sql("update sessions set ended_at = ?, ended_because = ?
         where user_id = ? and id = any(?) and ended_at is null and expires_at > ?")
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(because.as_str())
    .bind::<SqlUuid, _>(user.0)
    .bind::<Array<SqlUuid>, _>(sessions)
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(ended)
}

async fn close(
    db: &Db,
    (site, user, session): (Option<SiteId>, UserId, Uuid),
    (because, action): (Because, &'static str),
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let mut tx = db.begin(Scope::System).await?;
    if end(&mut tx, user, &[session], because, now).await? == 0 {
        tx.rollback().await;
        return Ok(false);
    }
    let entry = Entry::of(site, by, action, ("user", user.0), now);
    tx.audit(entry.with(json!({ "session_id": session })));
    tx.commit().await?;
    Ok(true)
}
