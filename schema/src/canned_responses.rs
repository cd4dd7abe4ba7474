//! «Hazır Cevaplar»: answers a site keeps ready, each perhaps under a shortcut (A1-21, A1-30). All of them belong to
//! the site; who wrote one is noted.

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use crate::turkish::fold;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct CannedResponse {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Text)]
    pub body: String,
    /// Unique in its site, without regard to case.
    #[diesel(sql_type = Nullable<Text>)]
    pub shortcut: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub created_by: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// A new one.
#[derive(Clone, Debug)]
pub struct Draft {
    pub title: String,
    pub body: String,
    pub shortcut: Option<String>,
}

/// What can be changed; none stays, and a shortcut of none is taken away.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub title: Option<String>,
    pub body: Option<String>,
    pub shortcut: Option<Option<String>>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    response: CannedResponse,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A scope's ready answers by title, and how many there are; with `search`, those whose title or shortcut has it.
///
/// # Errors
/// The database is away.
pub async fn list(
    db: &Db,
    scope: Scope,
    search: Option<&str>,
    span: Span,
) -> DbResult<(Vec<CannedResponse>, i64)> {
    let mut tx = db.begin(scope).await?;
    let search = fold(search.unwrap_or_default());
    let rows: Vec<Counted> =
        sql("select id, site_id, title, body, shortcut, created_by, created_at, updated_at, count(*) over () as total
            from canned_responses
            where strpos(lower(translate(title || ' ' || coalesce(shortcut, ''), 'Iİ', 'ıi')), ?) > 0
            order by title, id limit ? offset ?")
        .bind::<Text, _>(&search)
        .bind::<BigInt, _>(span.limit)
        .bind::<BigInt, _>(span.offset)
        .get_results(tx.conn())
        .await?;
    let said = rows.last().map(|row| row.total).or((!search.is_empty()).then_some(0));
    let total = total(&mut tx, said, span, "select count(*) as count from canned_responses").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.response).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    draft: &Draft,
    by: &By,
    now: DateTime<Utc>,
) -> Result<CannedResponse, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let made: CannedResponse = sql(
        "insert into canned_responses (site_id, title, body, shortcut, created_by, created_at, updated_at)
            values (?, ?, ?, ?, ?, ?, ?)
            returning id, site_id, title, body, shortcut, created_by, created_at, updated_at",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(&draft.title)
    .bind::<Text, _>(&draft.body)
    .bind::<Nullable<Text>, _>(&draft.shortcut)
    .bind::<Nullable<SqlUuid>, _>(by.user_id.map(|user| user.0))
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "CREATE", ("canned_response", made.id), now).making(&made));
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
) -> Result<CannedResponse, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old: Vec<CannedResponse> = sql(
        "select id, site_id, title, body, shortcut, created_by, created_at, updated_at from canned_responses
            where site_id = ? and id = ? for no key update",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let old = old.into_iter().next().ok_or(Refused::NotFound)?;
    let new: CannedResponse =
        sql("update canned_responses set title = ?, body = ?, shortcut = ?, updated_at = ? where site_id = ? and id = ?
            returning id, site_id, title, body, shortcut, created_by, created_at, updated_at")
        .bind::<Text, _>(changes.title.as_ref().unwrap_or(&old.title))
        .bind::<Text, _>(changes.body.as_ref().unwrap_or(&old.body))
        .bind::<Nullable<Text>, _>(changes.shortcut.as_ref().unwrap_or(&old.shortcut))
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_result(tx.conn())
        .await?;
    let entry = Entry::of(site, by, "UPDATE", ("canned_response", id), now).changing(&old, &new);
    if !entry.changes.is_null() {
        tx.audit(entry);
    }
    tx.commit().await?;
    Ok(new)
}

/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<CannedResponse> = sql("delete from canned_responses where site_id = ? and id = ?
        returning id, site_id, title, body, shortcut, created_by, created_at, updated_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "DELETE", ("canned_response", id), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}
