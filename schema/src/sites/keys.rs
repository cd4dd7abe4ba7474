//! A site's API keys (A1-43): told once, kept as a hash, refused from the moment they are revoked.

use super::directory::key_hash;
use super::rules::{hint, spell};
use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

/// A key, without what it opens doors with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct ApiKey {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its last four characters.
    #[serde(skip)]
    #[diesel(sql_type = Text)]
    pub hint: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub created_by: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key as only its maker ever sees it.
pub struct Made {
    pub key: String,
    pub record: ApiKey,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    key: ApiKey,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A scope's keys, the newest first, and how many there are; those that were revoked included.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<ApiKey>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> =
        sql("select id, site_id, name, hint, created_by, created_at, revoked_at, count(*) over () as total
            from api_keys order by created_at desc, id limit ? offset ?")
        .bind::<BigInt, _>(span.limit)
        .bind::<BigInt, _>(span.offset)
        .get_results(tx.conn())
        .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from api_keys").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.key).collect(), total))
}

/// Makes a key of 256 random bits.
///
/// # Errors
/// See [`Refused`].
pub async fn create(db: &Db, site: SiteId, name: &str, by: &By, now: DateTime<Utc>) -> Result<Made, Refused> {
    let key = spell(&rand::random());
    let mut tx = db.begin(Scope::Site(site)).await?;
    let record: ApiKey =
        sql("insert into api_keys (site_id, name, key_hash, hint, created_by, created_at) values (?, ?, ?, ?, ?, ?)
            returning id, site_id, name, hint, created_by, created_at, revoked_at")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>(name)
        .bind::<Binary, _>(key_hash(&key).to_vec())
        .bind::<Text, _>(hint(&key))
        .bind::<Nullable<SqlUuid>, _>(by.user_id.map(|user| user.0))
        .bind::<Timestamptz, _>(now)
        .get_result(tx.conn())
        .await?;
    tx.audit(Entry::of(site, by, "CREATE", ("api_key", record.id), now).making(&record));
    tx.commit().await?;
    Ok(Made { key, record })
}

/// Refuses a key from now on. It stays in the list.
///
/// # Errors
/// See [`Refused`].
pub async fn revoke(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let revoked: Vec<ApiKey> =
        sql("update api_keys set revoked_at = ? where site_id = ? and id = ? and revoked_at is null
            returning id, site_id, name, hint, created_by, created_at, revoked_at")
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_results(tx.conn())
        .await?;
    let new = revoked.into_iter().next().ok_or(Refused::NotFound)?;
    let old = ApiKey { revoked_at: None, ..new.clone() };
    tx.audit(Entry::of(site, by, "DELETE", ("api_key", id), now).changing(&old, &new));
    tx.commit().await?;
    Ok(())
}
