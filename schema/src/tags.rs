//! Tags of conversations, a site's own (A1-21, A4-E14). Names meet without regard to case, the Turkish way.

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
pub struct Tag {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `#rrggbb` in small letters.
    #[diesel(sql_type = Text)]
    pub color: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// What can be changed; none stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub name: Option<String>,
    pub color: Option<String>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    tag: Tag,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A scope's tags by name, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Tag>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql("select id, site_id, name, color, created_at, count(*) over () as total
        from chat_tags order by name, id limit ? offset ?")
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from chat_tags").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.tag).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    (name, color): (&str, &str),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Tag, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let made: Tag = sql("insert into chat_tags (site_id, name, color, created_at) values (?, ?, ?, ?)
        returning id, site_id, name, color, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(name)
    .bind::<Text, _>(color.to_ascii_lowercase())
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "CREATE", ("tag", made.id), now).making(&made));
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
) -> Result<Tag, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old: Vec<Tag> = sql("select id, site_id, name, color, created_at from chat_tags
        where site_id = ? and id = ? for no key update")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let old = old.into_iter().next().ok_or(Refused::NotFound)?;
    let new: Tag = sql("update chat_tags set name = ?, color = ? where site_id = ? and id = ?
        returning id, site_id, name, color, created_at")
    .bind::<Text, _>(changes.name.as_ref().unwrap_or(&old.name))
    .bind::<Text, _>(changes.color.as_ref().unwrap_or(&old.color).to_ascii_lowercase())
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_result(tx.conn())
    .await?;
    if new != old {
        tx.audit(Entry::of(site, by, "UPDATE", ("tag", id), now).changing(&old, &new));
    }
    tx.commit().await?;
    Ok(new)
}

/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<Tag> = sql("delete from chat_tags where site_id = ? and id = ?
        returning id, site_id, name, color, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "DELETE", ("tag", id), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}
