//! The browser origins that sites registered as their own (A1-07).

use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
    #[diesel(sql_type = Text)]
    origin: String,
}

/// The origins of all active sites, as they were typed in. In the system's scope: a browser asks what an origin may
/// do before it says for which site.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db) -> DbResult<Vec<(SiteId, String)>> {
    let mut tx = db.begin(Scope::System).await?;
    let rows: Vec<Row> = sql("select s.id as site_id, o.origin from sites s, unnest(s.origins) as o(origin)
            where s.is_active")
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (SiteId(row.site_id), row.origin)).collect())
}
