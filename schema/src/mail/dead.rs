//! Addresses of a site's correspondents that nothing reaches: a server has refused them for good. Nothing is sent to
//! them until somebody who knows better clears them.

use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope, Tx};
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

const ADDRESS_CHARS_MAX: usize = 254;
const REASON_CHARS_MAX: usize = 500;

/// An address that nothing is sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct DeadAddress {
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub address: String,
    /// What the server said, shortened.
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Timestamptz)]
    pub since: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    dead: DeadAddress,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// Marks an address. One that is marked already keeps its first reason.
///
/// # Errors
/// The database is away.
pub async fn mark(
    tx: &mut Tx,
    site: SiteId,
    address: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let cut = |text: &str, max: usize| text.chars().filter(|c| *c != '\0').take(max).collect::<String>();
    sql("insert into mail_addresses_dead (site_id, address, reason, since) values (?, lower(?), ?, ?)
         on conflict do nothing")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(cut(address.trim(), ADDRESS_CHARS_MAX))
    .bind::<Text, _>(cut(reason, REASON_CHARS_MAX))
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A scope's dead addresses, the latest first, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<DeadAddress>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> = sql("select site_id, address::text, reason, since, count(*) over () as total
        from mail_addresses_dead order by since desc, address limit ? offset ?")
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from mail_addresses_dead").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.dead).collect(), total))
}

/// Lets mail go to an address again.
///
/// # Errors
/// See [`Refused`].
pub async fn clear(db: &Db, site: SiteId, address: &str, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<DeadAddress> =
        sql("delete from mail_addresses_dead where site_id = ? and address = lower(?)
        returning site_id, address::text, reason, since")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>(address.trim())
        .get_results(tx.conn())
        .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "DELETE", ("dead_address", site.0), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}
