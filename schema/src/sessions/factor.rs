//! A user's second factor: begun with a fresh secret, in force once a code of it was shown, gone with the password.

use super::rules::totp;
use crate::audit::Entry;
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::seal::Seal;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use secrecy::ExposeSecret;

/// Why a second factor stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum NoFactor {
    #[error("there is one already")]
    InForce,
    #[error("none was begun")]
    NotBegun,
    #[error("the code is wrong")]
    WrongCode,
    #[error(transparent)]
    Database(#[from] DbError),
    /// Its secret cannot be read.
    #[error(transparent)]
    Broken(anyhow::Error),
}

impl From<diesel::result::Error> for NoFactor {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Binary)]
    secret_sealed: Vec<u8>,
    #[diesel(sql_type = Bool)]
    is_confirmed: bool,
}

/// A fresh secret, which counts once it is confirmed; one that was begun before is forgotten.
///
/// # Errors
/// See [`NoFactor`].
pub async fn begin_factor(
    db: &Db,
    seal: &Seal,
    (user, email): (UserId, &str),
    now: DateTime<Utc>,
) -> Result<totp::Setup, NoFactor> {
    let setup = totp::setup(rand::random(), email).map_err(|error| NoFactor::Broken(error.into()))?;
    let mut tx = db.begin(Scope::System).await?;
    let begun = sql("insert into totp_factors as f (user_id, secret_sealed, created_at) values (?, ?, ?)
         on conflict (user_id) do update set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at
         where f.confirmed_at is null")
    .bind::<SqlUuid, _>(user.0)
    .bind::<Binary, _>(seal.seal(&setup.secret))
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    if begun == 0 { Err(NoFactor::InForce) } else { Ok(setup) }
}

/// Puts the factor in force, if the code is right.
///
/// # Errors
/// See [`NoFactor`].
pub async fn confirm_factor(
    db: &Db,
    seal: &Seal,
    (site, user): (Option<SiteId>, UserId),
    code: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), NoFactor> {
    let mut tx = db.begin(Scope::System).await?;
    let row = lock(&mut tx, user).await?.ok_or(NoFactor::NotBegun)?;
    if row.is_confirmed {
        return Err(NoFactor::InForce);
    }
    let secret = seal.open(&row.secret_sealed).map_err(|error| NoFactor::Broken(error.into()))?;
    let step =
        totp::step(secret.expose_secret(), code, now).map_err(|error| NoFactor::Broken(error.into()))?;
    let step = step.ok_or(NoFactor::WrongCode)?;
    sql("update totp_factors set confirmed_at = ?, last_step = ? where user_id = ?")
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(step)
        .bind::<SqlUuid, _>(user.0)
        .execute(tx.conn())
        .await?;
    tx.audit(Entry::of(site, by, "TOTP_ENABLE", ("user", user.0), now));
    tx.commit().await?;
    Ok(())
}

/// Takes the factor away, begun or in force. Whoever asks has shown the password.
///
/// # Errors
/// See [`NoFactor`].
pub async fn remove_factor(
    db: &Db,
    (site, user): (Option<SiteId>, UserId),
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), NoFactor> {
    let mut tx = db.begin(Scope::System).await?;
    let gone = sql("delete from totp_factors where user_id = ?")
        .bind::<SqlUuid, _>(user.0)
        .execute(tx.conn())
        .await?;
    if gone == 0 {
        tx.rollback().await;
        return Err(NoFactor::NotBegun);
    }
    tx.audit(Entry::of(site, by, "TOTP_DISABLE", ("user", user.0), now));
    tx.commit().await?;
    Ok(())
}

/// Uses up the code of a time step; false if that, or a later one, was used before.
pub(super) async fn spend(tx: &mut Tx, user: UserId, step: i64) -> DbResult<bool> {
    let spent = sql("update totp_factors set last_step = ?
         where user_id = ? and confirmed_at is not null and coalesce(last_step, 0) < ?")
    .bind::<BigInt, _>(step)
    .bind::<SqlUuid, _>(user.0)
    .bind::<BigInt, _>(step)
    .execute(tx.conn())
    .await?;
    Ok(spent == 1)
}

async fn lock(tx: &mut Tx, user: UserId) -> DbResult<Option<Row>> {
    let lock = sql("select secret_sealed, confirmed_at is not null as is_confirmed from totp_factors
        where user_id = ? for update");
    let rows: Vec<Row> = lock.bind::<SqlUuid, _>(user.0).get_results(tx.conn()).await?;
    Ok(rows.into_iter().next())
}
