//! The first super admin of a new deployment (A1-20): with a random password that is shown once, to be changed at the
//! first log-in.

use super::hash::hash;
use super::rules::{Unfit, account_email, check_password};
use crate::audit::Entry;
use crate::pool::{Db, DbError, Scope};
use crate::sql::sql;
use crate::tickets::status::By;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

/// Two programs that set up one deployment take turns.
const LOCK: i64 = 0x0A51_5AD0;
/// 144 bits: 24 letters.
const PASSWORD_BYTES: usize = 18;

/// What came of it.
pub enum FirstAdmin {
    /// There is a super admin; nothing was changed.
    Exists,
    /// With this password, which nobody can read again.
    Made(SecretString),
    /// With the password that was given.
    MadeAsGiven,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum NoAdmin {
    #[error("{0:?} is no address that somebody can sign in with")]
    Address(String),
    #[error("the first password cannot be taken: {0}")]
    Password(#[from] Unfit),
    #[error("another user has the address of the first super admin")]
    Taken,
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl From<DbError> for NoAdmin {
    fn from(error: DbError) -> Self {
        if error.is_taken() { NoAdmin::Taken } else { NoAdmin::Fault(error.into()) }
    }
}

impl From<diesel::result::Error> for NoAdmin {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// Makes the first super admin, unless there is one; under a random password, unless one is given. Hashes a password:
/// not for a request.
///
/// # Errors
/// See [`NoAdmin`].
pub async fn first_admin(
    db: &Db,
    email: &str,
    given: Option<&SecretString>,
    now: DateTime<Utc>,
) -> Result<FirstAdmin, NoAdmin> {
    let email = account_email(email).ok_or_else(|| NoAdmin::Address(email.to_owned()))?;
    let password = given.cloned().unwrap_or_else(random);
    check_password(password.expose_secret())?;
    let mut tx = db.begin(Scope::System).await?;
    sql("select pg_advisory_xact_lock(?)").bind::<BigInt, _>(LOCK).execute(tx.conn()).await?;
    let known = sql("select 1 from users where role = 'superadmin' limit 1").execute(tx.conn()).await?;
    if known > 0 {
        tx.rollback().await;
        return Ok(FirstAdmin::Exists);
    }
    let user = UserId::fresh();
    sql("insert into users (id, email, password_hash, must_change_password, name, role, created_at, updated_at)
         values (?, ?, ?, true, 'Yönetici', 'superadmin', ?, ?)")
    .bind::<SqlUuid, _>(user.0)
    .bind::<Text, _>(&email)
    .bind::<Text, _>(hash(password.expose_secret())?)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    let entry = Entry::of(None::<SiteId>, &By::worker("setup"), "CREATE", ("user", user.0), now);
    tx.audit(entry.with(json!({ "role": "superadmin", "worker": "setup" })));
    tx.commit().await?;
    Ok(if given.is_some() { FirstAdmin::MadeAsGiven } else { FirstAdmin::Made(password) })
}

fn random() -> SecretString {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; PASSWORD_BYTES]>()).into()
}
