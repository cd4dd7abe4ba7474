//! The addresses at which a site receives mail. Each belongs to one site of the whole deployment.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;

/// Replaces them, in this order; of one that comes twice the first counts.
pub(super) async fn replace(
    tx: &mut Tx,
    site: SiteId,
    addresses: &[String],
    now: DateTime<Utc>,
) -> DbResult<()> {
    sql("delete from site_addresses where site_id = ?").bind::<SqlUuid, _>(site.0).execute(tx.conn()).await?;
    // Their order is that of the times they were given.
    sql("insert into site_addresses (site_id, address, created_at)
        select ?, address, ?::timestamptz + min(place) * interval '1 microsecond'
        from unnest(?) with ordinality as given(address, place) group by address")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(addresses)
    .execute(tx.conn())
    .await?;
    Ok(())
}
