//! A site's teams and who is in them (A1-21). Only agents and admins of the site can be.

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Team {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Users, in the order of their ids.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub members: Vec<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// What can be changed; none stays. Members are replaced as a whole.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub name: Option<String>,
    pub members: Option<Vec<Uuid>>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    team: Team,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A scope's teams by name with their members, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Team>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql("select t.id, t.site_id, t.name, t.created_at, t.updated_at,
            array(select user_id from team_members m where m.team_id = t.id order by user_id) as members,
            count(*) over () as total
        from teams t order by t.name, t.id limit ? offset ?")
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from teams").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.team).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    (name, members): (&str, &[Uuid]),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Team, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let id = Uuid::now_v7();
    sql("insert into teams (id, site_id, name, created_at, updated_at) values (?, ?, ?, ?, ?)")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>(name)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now)
        .execute(tx.conn())
        .await?;
    enlist(&mut tx, site, id, members, now).await?;
    let made = lock(&mut tx, site, id).await?;
    tx.audit(Entry::of(site, by, "CREATE", ("team", id), now).making(&made));
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
) -> Result<Team, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old = lock(&mut tx, site, id).await?;
    sql("update teams set name = ?, updated_at = ? where site_id = ? and id = ?")
        .bind::<Text, _>(changes.name.as_ref().unwrap_or(&old.name))
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .execute(tx.conn())
        .await?;
    if let Some(members) = &changes.members {
        sql("delete from team_members where site_id = ? and team_id = ? and user_id <> all(?)")
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(id)
            .bind::<Array<SqlUuid>, _>(members)
            .execute(tx.conn())
            .await?;
        enlist(&mut tx, site, id, members, now).await?;
    }
    let new = lock(&mut tx, site, id).await?;
    let entry = Entry::of(site, by, "UPDATE", ("team", id), now).changing(&old, &new);
    if !entry.changes.is_null() {
        tx.audit(entry);
    }
    tx.commit().await?;
    Ok(new)
}

/// Its members stay.
///
/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone = lock(&mut tx, site, id).await?;
    sql("delete from teams where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .execute(tx.conn())
        .await?;
    tx.audit(Entry::of(site, by, "DELETE", ("team", id), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}

async fn lock(tx: &mut Tx, site: SiteId, id: Uuid) -> Result<Team, Refused> {
    let rows: Vec<Team> = sql("select t.id, t.site_id, t.name, t.created_at, t.updated_at,
            array(select user_id from team_members m where m.team_id = t.id order by user_id) as members
        from teams t where t.site_id = ? and t.id = ? for no key update")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    rows.into_iter().next().ok_or(Refused::NotFound)
}

/// Adds those who are not in the team yet; each must be somebody of the site who works there.
async fn enlist(
    tx: &mut Tx,
    site: SiteId,
    team: Uuid,
    members: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    let mut members = members.to_vec();
    members.sort_unstable();
    members.dedup();
    let known: Vec<Known> =
        sql("select id from users where site_id = ? and id = any(?) and role in ('agent', 'admin')
        order by id for key share")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Array<SqlUuid>, _>(&members)
        .get_results(tx.conn())
        .await?;
    if known.len() != members.len() {
        return Err(Refused::NamesUnknown);
    }
    sql("insert into team_members (site_id, team_id, user_id, created_at)
        select ?, ?, id, ? from unnest(?) as m(id) on conflict do nothing")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(team)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<SqlUuid>, _>(&members)
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "only counted")]
    id: Uuid,
}
