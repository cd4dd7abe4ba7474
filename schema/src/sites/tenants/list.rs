//! Finding sites. One that is being deleted is not there any more.

use super::{Site, columns};
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    site: Site,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A scope's sites by name, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Site>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql(concat!(
        "select ",
        columns!(),
        ", count(*) over () as total from sites s where s.deleted_at is null order by s.name, s.id limit ? offset ?"
    ))
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let count = "select count(*) as count from sites where deleted_at is null";
    let total = total(&mut tx, said, span, count).await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.site).collect(), total))
}

/// # Errors
/// The database is away.
pub async fn find(db: &Db, site: SiteId) -> DbResult<Option<Site>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let found = read(&mut tx, site).await?;
    tx.commit().await?;
    Ok(found)
}

pub(super) async fn read(tx: &mut Tx, site: SiteId) -> DbResult<Option<Site>> {
    let rows: Vec<Site> =
        sql(concat!("select ", columns!(), " from sites s where s.id = ? and s.deleted_at is null"))
            .bind::<SqlUuid, _>(site.0)
            .get_results(tx.conn())
            .await?;
    Ok(rows.into_iter().next())
}

/// As [`read`], holding the site until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, site: SiteId) -> DbResult<Option<Site>> {
    sql("select 1 from sites where id = ? for no key update")
        .bind::<SqlUuid, _>(site.0)
        .execute(tx.conn())
        .await?;
    read(tx, site).await
}
