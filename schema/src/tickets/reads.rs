//! What callers ask about tickets. Every read names its site first and sees only that site's rows.

use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use serde_json::Value;
use uuid::Uuid;

/// What the maker of a ticket is told of it: nothing here changes while the ticket lives.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Receipt {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// What was answered under an Idempotency-Key.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct Remembered {
    /// SHA-256 of the request.
    #[diesel(sql_type = Binary)]
    pub request_hash: Vec<u8>,
    #[diesel(sql_type = Jsonb)]
    pub answer: Value,
}

/// # Errors
/// The database is away.
pub async fn find_receipt(db: &Db, site: SiteId, ticket: TicketId) -> DbResult<Option<Receipt>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<Receipt> = sql(
        "select id, ticket_number, reference::text, created_at from tickets where site_id = ? and id = ?",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().next())
}

/// # Errors
/// The database is away.
pub async fn find_remembered(db: &Db, site: SiteId, route: &str, key: &str) -> DbResult<Option<Remembered>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<Remembered> =
        sql("select request_hash, answer from idempotency_keys where site_id = ? and route = ? and key = ?")
            .bind::<SqlUuid, _>(site.0)
            .bind::<Text, _>(route)
            .bind::<Text, _>(key)
            .get_results(tx.conn())
            .await?;
    tx.commit().await?;
    Ok(rows.into_iter().next())
}

/// What stands against a ticket that somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct DraftCheck {
    /// The department is the site's, or none is named.
    #[diesel(sql_type = Bool)]
    pub department: bool,
    /// The category is the site's, or none is named.
    #[diesel(sql_type = Bool)]
    pub category: bool,
    /// The sender is banned.
    #[diesel(sql_type = Bool)]
    pub banned: bool,
}

/// Looks at what a ticket refers to before it is made, without a transaction: one question.
///
/// # Errors
/// The database is away.
pub async fn check_draft(
    db: &Db,
    site: SiteId,
    (department, category): (Option<Uuid>, Option<Uuid>),
    email: Option<&str>,
) -> DbResult<DraftCheck> {
    let mut conn = db.conn().await?;
    Ok(sql("select department, category, banned from ticket_draft_check(?, ?, ?, ?)")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Nullable<SqlUuid>, _>(department)
        .bind::<Nullable<SqlUuid>, _>(category)
        .bind::<Nullable<Text>, _>(email)
        .get_result(&mut **conn)
        .await?)
}
