//! The steps between a site's statuses (B25-28).

use super::rows::Refused;
use crate::audit::Entry;
use crate::people::rules::Role;
use crate::pool::{Db, DbError, DbResult, Scope};
use crate::sql::sql;
use crate::tickets::rules::StatusKey;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Transition {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub from_key: String,
    #[diesel(sql_type = Text)]
    pub to_key: String,
    /// Who may take it; everybody if none is named.
    #[diesel(sql_type = Array<Text>)]
    pub roles: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// A step as it shall be.
#[derive(Clone, Debug)]
pub struct Step {
    pub from: StatusKey,
    pub to: StatusKey,
    pub roles: Vec<Role>,
}

/// What can be changed; none stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub from: Option<StatusKey>,
    pub to: Option<StatusKey>,
    pub roles: Option<Vec<Role>>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    transition: Transition,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// One page of a scope's steps, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, limit: i64, offset: i64) -> DbResult<(Vec<Transition>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql(
        "select t.id, t.site_id, t.from_key::text as from_key, t.to_key::text as to_key, t.roles, t.created_at,
             count(*) over () as total
         from status_transitions t
         join statuses f on f.site_id = t.site_id and f.key = t.from_key
         join statuses s on s.site_id = t.site_id and s.key = t.to_key
         order by t.site_id, f.position, f.key, s.position, s.key limit ? offset ?",
    )
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    let total = rows.last().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.transition).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    step: Step,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Transition, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let made = sql(
        "insert into status_transitions (site_id, from_key, to_key, roles, created_at) values (?, ?, ?, ?, ?)
         returning id, site_id, from_key::text as from_key, to_key::text as to_key, roles, created_at",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(step.from.as_str())
    .bind::<Text, _>(step.to.as_str())
    .bind::<Array<Text>, _>(words(&step.roles))
    .bind::<Timestamptz, _>(now);
    let made: Transition = made.get_result(tx.conn()).await.map_err(|error| explain(error.into(), &step))?;
    let said = serde_json::json!({ "from": made.from_key, "to": made.to_key, "roles": made.roles });
    tx.audit(Entry::of(site, by, "CREATE", ("status_transition", made.id), now).with(said));
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
) -> Result<Transition, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old: Vec<Transition> =
        sql("select id, site_id, from_key::text as from_key, to_key::text as to_key, roles, created_at
         from status_transitions where site_id = ? and id = ? for no key update")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_results(tx.conn())
        .await?;
    let old = old.into_iter().next().ok_or(Refused::NotFound)?;
    let key = |changed: Option<StatusKey>, old: &str| {
        changed.or_else(|| StatusKey::parse(old)).ok_or(Refused::NotFound)
    };
    let step = Step {
        from: key(changes.from, &old.from_key)?,
        to: key(changes.to, &old.to_key)?,
        roles: changes
            .roles
            .unwrap_or_else(|| old.roles.iter().filter_map(|word| Role::parse(word)).collect()),
    };
    if step.from == step.to {
        return Err(Refused::UnknownKey(step.to.to_string()));
    }
    let change =
        sql("update status_transitions set from_key = ?, to_key = ?, roles = ? where site_id = ? and id = ?
         returning id, site_id, from_key::text as from_key, to_key::text as to_key, roles, created_at")
        .bind::<Text, _>(step.from.as_str())
        .bind::<Text, _>(step.to.as_str())
        .bind::<Array<Text>, _>(words(&step.roles))
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id);
    let new: Transition = change.get_result(tx.conn()).await.map_err(|error| explain(error.into(), &step))?;
    tx.audit(Entry::of(site, by, "UPDATE", ("status_transition", id), now).changing(&old, &new));
    tx.commit().await?;
    Ok(new)
}

/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<Transition> = sql("delete from status_transitions where site_id = ? and id = ?
         returning id, site_id, from_key::text as from_key, to_key::text as to_key, roles, created_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    let said = serde_json::json!({ "from": gone.from_key, "to": gone.to_key });
    tx.audit(Entry::of(site, by, "DELETE", ("status_transition", id), now).with(said));
    tx.commit().await?;
    Ok(())
}

fn words(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.as_str()).collect()
}

/// A step between statuses of which the site lacks one.
fn explain(error: DbError, step: &Step) -> Refused {
    if !error.is_dangling() {
        return error.into();
    }
    let is_to = matches!(&error, DbError::Query(diesel::result::Error::DatabaseError(_, info))
        if info.constraint_name().is_some_and(|name| name.contains("to_key")));
    Refused::UnknownKey(if is_to { step.to.to_string() } else { step.from.to_string() })
}
