//! A site's categories of tickets (A8-05).

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Category {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    category: Category,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// One page of a scope's categories by name, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Category>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql("select id, site_id, name, created_at, count(*) over () as total
        from ticket_categories order by name, id limit ? offset ?")
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from ticket_categories").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.category).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    name: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Category, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let made: Category = sql("insert into ticket_categories (site_id, name, created_at) values (?, ?, ?)
        returning id, site_id, name, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "CREATE", ("ticket_category", made.id), now).making(&made));
    tx.commit().await?;
    Ok(made)
}

/// # Errors
/// See [`Refused`].
pub async fn rename(
    db: &Db,
    site: SiteId,
    id: Uuid,
    name: Option<&str>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Category, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old: Vec<Category> = sql("select id, site_id, name, created_at from ticket_categories
        where site_id = ? and id = ? for no key update")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let old = old.into_iter().next().ok_or(Refused::NotFound)?;
    let new: Category = sql("update ticket_categories set name = ? where site_id = ? and id = ?
        returning id, site_id, name, created_at")
    .bind::<Text, _>(name.unwrap_or(&old.name))
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "UPDATE", ("ticket_category", id), now).changing(&old, &new));
    tx.commit().await?;
    Ok(new)
}

/// Tickets and templates of the category stay, without one.
///
/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<Category> = sql("delete from ticket_categories where site_id = ? and id = ?
        returning id, site_id, name, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "DELETE", ("ticket_category", id), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}
