//! A signed-in user's new password.

use super::account::Account;
use super::devices::{Because, end_sessions};
use crate::audit::Entry;
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::UserId;
use serde_json::json;
use uuid::Uuid;

/// Why the password stayed.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    #[error("the password was changed since it was verified")]
    Changed,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for NotChanged {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Sets a new password in place of the one that `account` had when it was verified. All sessions end but the one it was
/// changed from (A2-17), and so do reset mails that are on their way.
///
/// # Errors
/// See [`NotChanged`].
pub async fn change_password(
    db: &Db,
    account: &Account,
    session: Uuid,
    hash: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), NotChanged> {
    let mut tx = db.begin(Scope::System).await?;
    let changed = sql("update users set password_hash = ?, must_change_password = false, updated_at = ?
         where id = ? and password_hash = ?")
    .bind::<Text, _>(hash)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(account.id.0)
    .bind::<Text, _>(&account.password_hash)
    .execute(tx.conn())
    .await?;
    if changed == 0 {
        tx.rollback().await;
        return Err(NotChanged::Changed);
    }
    void_resets(&mut tx, account.id, now).await?;
    let ended = end_sessions(&mut tx, account.id, Some(session), Because::Password, now).await?;
    let entry = Entry::of(account.site, by, "PASSWORD_CHANGE", ("user", account.id.0), now);
    tx.audit(entry.with(json!({ "sessions_ended": ended })));
    tx.commit().await?;
    Ok(())
}

/// Reset mails that were sent before set no password any more.
pub(super) async fn void_resets(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> DbResult<()> {
    sql("update password_resets set used_at = ? where user_id = ? and used_at is null")
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(user.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
