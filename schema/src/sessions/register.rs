//! A customer makes an account for himself (A2-E01).

use super::profile::{Profile, profile};
use crate::audit::Entry;
use crate::pool::{Db, DbError, Scope};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use serde_json::json;

/// Who wants an account. He is a customer, whatever he says.
pub struct NewCustomer<'a> {
    /// As [`account_email`](super::rules::account_email) gives it.
    pub email: &'a str,
    pub name: &'a str,
    pub password_hash: &'a str,
}

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub enum NotRegistered {
    /// In whichever site (A1-10).
    #[error("somebody has an account under this address")]
    Taken,
    #[error(transparent)]
    Database(DbError),
}

impl From<DbError> for NotRegistered {
    fn from(error: DbError) -> Self {
        if error.is_taken() { NotRegistered::Taken } else { NotRegistered::Database(error) }
    }
}

impl From<diesel::result::Error> for NotRegistered {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// # Errors
/// See [`NotRegistered`].
pub async fn register(
    db: &Db,
    site: SiteId,
    new: NewCustomer<'_>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Profile, NotRegistered> {
    let user = UserId::fresh();
    let mut tx = db.begin(Scope::Site(site)).await?;
    sql("insert into users (id, site_id, email, password_hash, name, role, created_at, updated_at)
         values (?, ?, ?, ?, ?, 'customer', ?, ?)")
    .bind::<SqlUuid, _>(user.0)
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(new.email)
    .bind::<Text, _>(new.password_hash)
    .bind::<Text, _>(new.name)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    let made = profile(tx.conn(), user.0).await?.ok_or(diesel::result::Error::NotFound)?;
    let by = By { user_id: Some(user), origin: by.origin.clone() };
    let entry = Entry::of(site, &by, "CREATE", ("user", user.0), now);
    tx.audit(entry.with(json!({ "role": "customer", "registered": true })));
    tx.commit().await?;
    Ok(made)
}
