//! Adding, changing and removing statuses. Each act is audited with what it changed.

use super::rows::{NewStatus, Refused, StatusRow};
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::rules::{Kind, Status};
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

/// What can be changed; none stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub label: Option<String>,
    pub color: Option<String>,
    pub position: Option<i32>,
    pub kind: Option<Kind>,
    pub retired: Option<bool>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    status: StatusRow,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Bool)]
    is_used: bool,
}

/// One page of a scope's statuses in the order of the board, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, limit: i64, offset: i64) -> DbResult<(Vec<StatusRow>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql(
        "select id, site_id, key::text as key, label, color::text as color, position, kind::text as kind, retired,
             created_at, updated_at, count(*) over () as total
         from statuses order by site_id, position, key limit ? offset ?",
    )
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    let total = rows.last().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.status).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    new: NewStatus,
    by: &By,
    now: DateTime<Utc>,
) -> Result<StatusRow, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let made: StatusRow = sql(
        "insert into statuses (site_id, key, label, color, position, kind, created_at, updated_at)
         values (?, ?, ?, ?, coalesce(?, (select coalesce(max(s.position), 0) + 1 from statuses s where s.site_id = $1)),
             ?, ?, $7)
         returning id, site_id, key::text as key, label, color::text as color, position, kind::text as kind, retired,
             created_at, updated_at",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(new.key.as_str())
    .bind::<Text, _>(&new.label)
    .bind::<Text, _>(&new.color)
    .bind::<Nullable<Integer>, _>(new.position)
    .bind::<Text, _>(new.kind.as_str())
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    tx.audit(
        Entry::of(site, by, "CREATE", ("status", made.id), now).with(serde_json::json!({ "key": made.key })),
    );
    tx.commit().await?;
    Ok(made)
}

/// The kind of a status that tickets have stays, as do the kinds of the six that every site has.
///
/// # Errors
/// See [`Refused`].
pub async fn update(
    db: &Db,
    site: SiteId,
    id: Uuid,
    changes: Changes,
    by: &By,
    now: DateTime<Utc>,
) -> Result<StatusRow, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old = lock(&mut tx, site, id).await?;
    let kind = changes.kind.map_or(old.kind.clone(), |kind| kind.as_str().to_owned());
    let is_preset = Status::parse(&old.key).is_some();
    if is_preset && (kind != old.kind || changes.retired == Some(true)) {
        return Err(Refused::Preset);
    }
    if kind != old.kind && is_used(&mut tx, site, &old.key).await? {
        return Err(Refused::InUse);
    }
    let new: StatusRow = sql(
        "update statuses set label = ?, color = ?, position = ?, kind = ?, retired = ?, updated_at = ?
         where site_id = ? and id = ?
         returning id, site_id, key::text as key, label, color::text as color, position, kind::text as kind, retired,
             created_at, updated_at",
    )
    .bind::<Text, _>(changes.label.as_ref().unwrap_or(&old.label))
    .bind::<Text, _>(changes.color.as_ref().unwrap_or(&old.color))
    .bind::<Integer, _>(changes.position.unwrap_or(old.position))
    .bind::<Text, _>(&kind)
    .bind::<Bool, _>(changes.retired.unwrap_or(old.retired))
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "UPDATE", ("status", id), now).changing(&old, &new));
    tx.commit().await?;
    Ok(new)
}

/// The steps from and to it go with it.
///
/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old = lock(&mut tx, site, id).await?;
    if Status::parse(&old.key).is_some() {
        return Err(Refused::Preset);
    }
    if is_used(&mut tx, site, &old.key).await? {
        return Err(Refused::InUse);
    }
    sql("delete from statuses where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .execute(tx.conn())
        .await?;
    tx.audit(Entry::of(site, by, "DELETE", ("status", id), now).with(serde_json::json!({ "key": old.key })));
    tx.commit().await?;
    Ok(())
}

/// Whoever gives a ticket this status waits, or is waited for: what [`is_used`] says then holds.
async fn lock(tx: &mut Tx, site: SiteId, id: Uuid) -> Result<StatusRow, Refused> {
    let rows: Vec<StatusRow> = sql(
        "select id, site_id, key::text as key, label, color::text as color, position, kind::text as kind, retired,
             created_at, updated_at
         from statuses where site_id = ? and id = ? for update",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    rows.into_iter().next().ok_or(Refused::NotFound)
}

async fn is_used(tx: &mut Tx, site: SiteId, key: &str) -> DbResult<bool> {
    let row: Used =
        sql("select exists (select from tickets where site_id = ? and status = ?::text) as is_used")
            .bind::<SqlUuid, _>(site.0)
            .bind::<Text, _>(key)
            .get_result(tx.conn())
            .await?;
    Ok(row.is_used)
}
