//! A site's departments: «Satış», «Teknik Destek», «Muhasebe» (A1-21).

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Department {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bool)]
    pub is_urgent: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// What can be changed; none stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub name: Option<String>,
    pub is_urgent: Option<bool>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    department: Department,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// One page of a scope's departments by name, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Department>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql("select id, site_id, name, is_urgent, created_at, count(*) over () as total
        from departments order by name, id limit ? offset ?")
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from departments").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.department).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    (name, is_urgent): (&str, bool),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Department, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let made: Department = sql("insert into departments (site_id, name, is_urgent, created_at)
        values (?, ?, ?, ?) returning id, site_id, name, is_urgent, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(name)
    .bind::<Bool, _>(is_urgent)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "CREATE", ("department", made.id), now).making(&made));
    tx.commit().await?;
    Ok(made)
}

/// # Errors
/// See [`Refused`].
pub async fn update(
    db: &Db,
    site: SiteId,
    id: Uuid,
    changes: Changes,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Department, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old: Vec<Department> = sql("select id, site_id, name, is_urgent, created_at from departments
        where site_id = ? and id = ? for no key update")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let old = old.into_iter().next().ok_or(Refused::NotFound)?;
    let new: Department = sql("update departments set name = ?, is_urgent = ? where site_id = ? and id = ?
        returning id, site_id, name, is_urgent, created_at")
    .bind::<Text, _>(changes.name.as_ref().unwrap_or(&old.name))
    .bind::<Bool, _>(changes.is_urgent.unwrap_or(old.is_urgent))
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "UPDATE", ("department", id), now).changing(&old, &new));
    tx.commit().await?;
    Ok(new)
}

/// Users and tickets of the department stay, without one.
///
/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<Department> = sql("delete from departments where site_id = ? and id = ?
        returning id, site_id, name, is_urgent, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "DELETE", ("department", id), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}
