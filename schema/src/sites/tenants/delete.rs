//! Deleting a site. From the commit on nobody finds it, signs in to it, writes to it or presents its key; a job then
//! takes away what belongs to it, piece by piece. Its log stays.

use super::Refused;
use super::list::lock;
use crate::audit::Entry;
use crate::pool::{Db, Scope};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::sites::Remove;
use jobs::{NewJob, SiteId};

/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone = lock(&mut tx, site).await?.ok_or(Refused::NotFound)?;
    sql(
        "update sites set deleted_at = ?, updated_at = ?, is_active = false, is_default = false where id = ?",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .execute(tx.conn())
    .await?;
    // What others could want at once: the addresses. What must not go on for a moment: keys and mailboxes.
    for statement in [
        "delete from site_addresses where site_id = ?",
        "delete from api_keys where site_id = ?",
        "update mailboxes set is_active = false where site_id = ?",
    ] {
        sql(statement).bind::<SqlUuid, _>(site.0).execute(tx.conn()).await?;
    }
    tx.audit(Entry::of(site, by, "DELETE", ("site", site.0), now).losing(&gone));
    tx.enqueue(NewJob::of(&Remove { site_id: site }).traced(by.origin.trace_id.clone()));
    tx.commit().await?;
    Ok(())
}
