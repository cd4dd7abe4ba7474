//! Settings that are no column of the site: rows by key.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde_json::Value;

pub(super) async fn set(
    tx: &mut Tx,
    site: SiteId,
    (key, value): (&str, Value),
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<()> {
    sql("insert into admin_settings (site_id, key, value, updated_by, updated_at) values (?, ?, ?, ?, ?)
        on conflict (site_id, key) do update
        set value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(key)
    .bind::<Jsonb, _>(value)
    .bind::<Nullable<SqlUuid>, _>(by.user_id.map(|user| user.0))
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
