//! Which role has which permission: rows, so that they change while the desk runs (A1-37). Asked for at every call.

use super::rules::{Permission, Role};
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde_json::json;
use uuid::Uuid;

/// A role's permission, given or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub permission: Permission,
    pub allowed: bool,
    pub updated_at: DateTime<Utc>,
}

/// A grant that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub role: Role,
    pub permission: Permission,
    pub allowed: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    permission: String,
    #[diesel(sql_type = Bool)]
    allowed: bool,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Row {
    /// What this program does not know it does not show.
    fn grant(&self) -> Option<Grant> {
        let role = Role::parse(&self.role)?;
        let permission = Permission::parse(&self.permission)?;
        let allowed = self.allowed || role == Role::SuperAdmin;
        Some(Grant { role, permission, allowed, updated_at: self.updated_at })
    }
}

/// The whole table, the highest role first, permissions in the order of the matrix.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db) -> DbResult<Vec<Grant>> {
    let mut conn = db.conn().await?;
    let rows: Vec<Row> =
        sql("select role, permission, allowed, updated_at from permissions").get_results(&mut **conn).await?;
    let mut grants: Vec<Grant> = rows.iter().filter_map(Row::grant).collect();
    let place = |one: Permission| Permission::ALL.iter().position(|other| *other == one);
    grants.sort_by_key(|grant| (std::cmp::Reverse(grant.role), place(grant.permission)));
    Ok(grants)
}

/// Sets grants, all or none; each that was otherwise before is an entry in the log. They count from the next call on.
///
/// # Errors
/// The database is away.
pub async fn set(db: &Db, wanted: &[Wanted], by: &By, now: DateTime<Utc>) -> DbResult<()> {
    let mut wanted = wanted.to_vec();
    // In one order, so that two who set the same never wait for each other in a ring.
    wanted.sort_by_key(|one| (one.role, one.permission.as_str()));
    let mut tx = db.begin(Scope::System).await?;
    for one in &wanted {
        let changed: Vec<IdRow> = sql("insert into permissions as p (role, permission, allowed, updated_at)
            values (?, ?, ?, ?)
            on conflict (role, permission) do update set allowed = excluded.allowed, updated_at = excluded.updated_at
            where p.allowed <> excluded.allowed returning p.id")
        .bind::<Text, _>(one.role.as_str())
        .bind::<Text, _>(one.permission.as_str())
        .bind::<Bool, _>(one.allowed)
        .bind::<Timestamptz, _>(now)
        .get_results(tx.conn())
        .await?;
        if let Some(row) = changed.into_iter().next() {
            let entry = Entry::of(SiteId::SYSTEM, by, "UPDATE", ("permission", row.id), now);
            let details = json!({ "role": one.role, "permission": one.permission });
            let changes = json!({ "allowed": { "old": !one.allowed, "new": one.allowed } });
            tx.audit(Entry { changes, ..entry.with(details) });
        }
    }
    tx.commit().await
}
