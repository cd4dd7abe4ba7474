//! Refreshing a session: its token is used up and another takes its place.
//!
//! A token that comes back was copied: either the thief is second, or its owner is. Nobody can tell which, so the
//! session ends for both, whoever holds whichever token of it. There is no time of grace: of two requests with one
//! token exactly one is answered, and the other one ends the session.

use super::devices::{Because, end};
use super::secret::Secret;
use super::sign_in::hand_out;
use crate::audit::Entry;
use crate::pool::{Db, DbError, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use serde_json::json;
use uuid::Uuid;

/// A session that goes on.
#[derive(Debug)]
pub struct Refreshed {
    pub user: UserId,
    pub session: Uuid,
    pub refresh_token: Secret,
}

/// Why a session does not go on.
#[derive(Debug, thiserror::Error)]
pub enum NotRefreshed {
    #[error("the refresh token is unknown, or its session has ended")]
    Ended,
    /// The session has ended now.
    #[error("the refresh token was used before")]
    Reused,
    /// The token stays good.
    #[error("the user is switched off")]
    Inactive,
    /// The token stays good.
    #[error("the user is banned")]
    Banned,
    /// The token stays good.
    #[error("the user must change the password first")]
    PasswordStale,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for NotRefreshed {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_used: bool,
    #[diesel(sql_type = Bool)]
    lasts: bool,
    #[diesel(sql_type = Bool)]
    is_active: bool,
    #[diesel(sql_type = Bool)]
    is_banned: bool,
    #[diesel(sql_type = Bool)]
    must_change_password: bool,
}

/// # Errors
/// See [`NotRefreshed`].
pub async fn refresh(
    db: &Db,
    token: &Secret,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Refreshed, NotRefreshed> {
    let mut tx = db.begin(Scope::System).await?;
    let row = lock(&mut tx, token, now).await?.ok_or(NotRefreshed::Ended)?;
    if row.is_used {
        return Err(row.end_family(tx, by, now).await?);
    }
    row.judge()?;
    let refresh_token = Secret::fresh();
    sql("update refresh_tokens set used_at = ? where token_hash = ?")
        .bind::<Timestamptz, _>(now)
        .bind::<Binary, _>(token.hash())
        .execute(tx.conn())
        .await?;
    hand_out(&mut tx, row.session_id, &refresh_token, now).await?;
    tx.commit().await?;
    Ok(Refreshed { user: UserId(row.user_id), session: row.session_id, refresh_token })
}

/// The token with its session, both locked: of two requests with it the second sees what the first did.
async fn lock(tx: &mut Tx, token: &Secret, now: DateTime<Utc>) -> Result<Option<Row>, DbError> {
    let rows: Vec<Row> = sql("select t.session_id, s.user_id, u.site_id, t.used_at is not null as is_used,
             s.ended_at is null and s.expires_at > ? as lasts,
             u.is_active and coalesce(h.is_active, true) as is_active, u.is_banned, u.must_change_password
         from refresh_tokens t
         join sessions s on s.id = t.session_id
         join users u on u.id = s.user_id
         left join sites h on h.id = u.site_id
         where t.token_hash = ? for update of t, s")
    .bind::<Timestamptz, _>(now)
    .bind::<Binary, _>(token.hash())
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

impl Row {
    fn judge(&self) -> Result<(), NotRefreshed> {
        match self {
            Row { lasts: false, .. } => Err(NotRefreshed::Ended),
            Row { is_active: false, .. } => Err(NotRefreshed::Inactive),
            Row { is_banned: true, .. } => Err(NotRefreshed::Banned),
            Row { must_change_password: true, .. } => Err(NotRefreshed::PasswordStale),
            _ => Ok(()),
        }
    }

    /// Commits: what was found out must stand although the request fails.
    async fn end_family(self, mut tx: Tx, by: &By, now: DateTime<Utc>) -> Result<NotRefreshed, DbError> {
        let user = UserId(self.user_id);
        if end(&mut tx, user, &[self.session_id], Because::Reuse, now).await? == 0 {
            tx.rollback().await;
            return Ok(NotRefreshed::Ended);
        }
        let entry = Entry::of(self.site_id.map(SiteId), by, "TOKEN_REUSE", ("user", self.user_id), now);
        tx.audit(entry.with(json!({ "session_id": self.session_id })));
        tx.commit().await?;
        Ok(NotRefreshed::Reused)
    }
}
