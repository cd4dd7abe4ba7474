//! Finding users.

use super::{User, columns, scope_of};
use crate::page::Span;
use crate::people::rules::Role;
use crate::pool::{Db, DbResult, Scope};
use crate::routing::people_of;
use crate::routing::rules::Candidate;
use crate::sql::sql;
use crate::turkish::{fold, lower_email};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use uuid::Uuid;

/// Who is looked for; none of a field stands for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub roles: Option<Vec<Role>>,
    pub department_id: Option<Uuid>,
    pub is_active: Option<bool>,
    /// Somewhere in the name or the address.
    pub search: Option<String>,
}

/// How many agents of a site could take a chat, and how many are there at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Available {
    pub count: usize,
    pub online: usize,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = Array<SqlUuid>)]
    ids: Vec<Uuid>,
}

/// A page of a scope's users by name, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, filter: &Filter, span: Span) -> DbResult<(Vec<User>, i64)> {
    let site = match scope {
        Scope::Site(site) => Some(site.0),
        Scope::System => None,
    };
    let roles = filter.roles.as_ref().map(|roles| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>());
    let mut tx = db.begin(scope).await?;
    let found: Found = sql("select total, ids from users_find(?, ?, ?, ?, ?, ?, ?, ?)")
        .bind::<Nullable<SqlUuid>, _>(site)
        .bind::<Nullable<Array<Text>>, _>(roles)
        .bind::<Nullable<SqlUuid>, _>(filter.department_id)
        .bind::<Nullable<Bool>, _>(filter.is_active)
        .bind::<Nullable<Text>, _>(filter.search.as_deref().map(fold))
        .bind::<Nullable<Text>, _>(filter.search.as_deref().map(lower_email))
        .bind::<BigInt, _>(span.limit)
        .bind::<BigInt, _>(span.offset)
        .get_result(tx.conn())
        .await?;
    let users = sql(concat!("select ", columns!(), " from users where id = any(?) order by name, id"))
        .bind::<Array<SqlUuid>, _>(&found.ids)
        .get_results(tx.conn())
        .await?;
    tx.commit().await?;
    Ok((users, found.total))
}

/// A user of a site, or of none.
///
/// # Errors
/// The database is away.
pub async fn find(db: &Db, site: Option<SiteId>, user: UserId) -> DbResult<Option<User>> {
    let mut tx = db.begin(scope_of(site)).await?;
    let rows: Vec<User> =
        sql(concat!("select ", columns!(), " from users where site_id is not distinct from ? and id = ?"))
            .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
            .bind::<SqlUuid, _>(user.0)
            .get_results(tx.conn())
            .await?;
    tx.commit().await?;
    Ok(rows.into_iter().next())
}

/// How many of a site's agents could take a chat now; by the rule that gives chats out.
///
/// # Errors
/// The database is away.
pub async fn available(db: &Db, site: SiteId, now: DateTime<Utc>) -> DbResult<Available> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let agents: Vec<Candidate> = people_of(&mut tx, site).await?;
    tx.commit().await?;
    let count = agents.iter().filter(|agent| agent.can_take(now)).count();
    let online = agents.iter().filter(|agent| agent.is_online()).count();
    Ok(Available { count, online })
}
