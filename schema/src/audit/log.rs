//! Reading the log: newest first, by whatever is known of what is looked for.

use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde_json::Value;
use uuid::Uuid;

/// Beyond so many the total is not counted on.
pub const TOTAL_MAX: i64 = 10_000;

/// What is looked for; none of a field stands for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Besides what the scope shows: for whoever sees every site, those that are gone included.
    pub site: Option<SiteId>,
    pub action: Option<String>,
    pub target_type: Option<String>,
    pub target_id: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    /// Not itself included.
    pub to: Option<DateTime<Utc>>,
}

/// Which part of what is found: the entries after one that was seen, or those at a distance from the newest.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub after: Option<Place>,
    pub limit: i64,
    pub offset: i64,
}

/// Where an entry stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

/// An entry as it is read. The actor's name and address are those of today; none once the user is deleted.
#[derive(Clone, Debug, QueryableByName)]
pub struct Line {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub site_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_email: Option<String>,
    #[diesel(sql_type = Text)]
    pub action: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub target_type: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub target_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub details: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub changes: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    pub ip_address: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Some of the log.
#[derive(Debug)]
pub struct Lines {
    pub lines: Vec<Line>,
    /// Of all parts, counted up to [`TOTAL_MAX`].
    pub total: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = Array<SqlUuid>)]
    ids: Vec<Uuid>,
}

impl Line {
    #[must_use]
    pub fn place(&self) -> Place {
        Place { at: self.created_at, id: self.id }
    }
}

/// A part of the log of a scope.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, filter: &Filter, part: Part) -> DbResult<Lines> {
    let (own, sees_all) = match scope {
        Scope::Site(site) => (Some(site), false),
        Scope::System => (filter.site, true),
    };
    let mut tx = db.begin(scope).await?;
    let found: Found = sql("select total, ids from audit_find(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind::<Nullable<SqlUuid>, _>(own.map(|site| site.0))
        .bind::<Nullable<Text>, _>(filter.action.as_deref())
        .bind::<Nullable<Text>, _>(filter.target_type.as_deref())
        .bind::<Nullable<SqlUuid>, _>(filter.target_id)
        .bind::<Nullable<SqlUuid>, _>(filter.actor_id)
        .bind::<Nullable<Timestamptz>, _>(filter.from)
        .bind::<Nullable<Timestamptz>, _>(filter.to)
        .bind::<Nullable<Timestamptz>, _>(part.after.map(|place| place.at))
        .bind::<Nullable<SqlUuid>, _>(part.after.map(|place| place.id))
        .bind::<BigInt, _>(part.limit)
        .bind::<BigInt, _>(part.offset)
        .bind::<BigInt, _>(TOTAL_MAX)
        .get_result(tx.conn())
        .await?;
    let lines: Vec<Line> = sql(
        "select e.id, e.site_id, e.actor_id, a.name as actor_name, a.email as actor_email, e.action, e.target_type,
                e.target_id, e.details, e.changes, host(e.ip_address) as ip_address, e.user_agent, e.created_at
         from unnest(?) with ordinality as found(id, place) join audit_logs e on e.id = found.id
         left join audit_actors(array(select actor_id from audit_logs where id = any(?)), ?) a on a.id = e.actor_id
         order by found.place",
    )
    .bind::<Array<SqlUuid>, _>(&found.ids)
    .bind::<Array<SqlUuid>, _>(&found.ids)
    .bind::<Bool, _>(sees_all)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(Lines { lines, total: found.total })
}
