//! Changing a site. What callers keep of it is stale from the commit on: its version rises.

use super::list::{lock, read};
use super::{Changes, Refused, Site, addresses, options};
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde_json::Value;

/// # Errors
/// See [`Refused`].
pub async fn update(
    db: &Db,
    site: SiteId,
    changes: &Changes,
    action: &'static str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Site, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let new = update_within(&mut tx, site, changes, action, by, now).await?;
    tx.commit().await?;
    Ok(new)
}

/// As [`update`], within the site's transaction.
pub(crate) async fn update_within(
    tx: &mut Tx,
    site: SiteId,
    changes: &Changes,
    action: &'static str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Site, Refused> {
    if changes.becomes_default {
        dethrone(tx, site, now).await?;
    }
    let old = lock(tx, site).await?.ok_or(Refused::NotFound)?;
    write(tx, &old, changes, by, now).await?;
    let new = read(tx, site).await?.ok_or(Refused::NotFound)?;
    let entry = Entry::of(site, by, action, ("site", site.0), now).changing(&old, &new);
    if !entry.changes.is_null() {
        tx.audit(entry);
    }
    Ok(new)
}

/// The site that was the default until now is an ordinary one.
pub(super) async fn dethrone(tx: &mut Tx, by: SiteId, now: DateTime<Utc>) -> DbResult<()> {
    take_turns(tx).await?;
    tx.rescope(Scope::System).await?;
    sql("update sites set is_default = false, updated_at = ? where is_default and id <> ?")
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(by.0)
        .execute(tx.conn())
        .await?;
    tx.rescope(Scope::Site(by)).await
}

/// There is one default at most: whoever would make one waits for others who do.
pub(super) async fn take_turns(tx: &mut Tx) -> DbResult<()> {
    sql("select pg_advisory_xact_lock(hashtextextended('sites.default', 0))").execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn write(
    tx: &mut Tx,
    old: &Site,
    changes: &Changes,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    let site = SiteId(old.id);
    sql("update sites set name = ?, domain = ?, timezone = ?, support_team_name = ?, mail_from = ?, origins = ?,
            is_active = ?, is_default = is_default or ?, updated_at = ? where id = ?")
    .bind::<Text, _>(changes.name.as_ref().unwrap_or(&old.name))
    .bind::<Text, _>(changes.domain.as_ref().unwrap_or(&old.domain))
    .bind::<Text, _>(changes.timezone.as_ref().unwrap_or(&old.timezone))
    .bind::<Text, _>(changes.support_team_name.as_ref().unwrap_or(&old.support_team_name))
    .bind::<Nullable<Text>, _>(changes.mail_from.as_ref().unwrap_or(&old.mail_from))
    .bind::<Array<Text>, _>(changes.origins.as_ref().unwrap_or(&old.origins))
    .bind::<Bool, _>(changes.is_active.unwrap_or(old.is_active))
    .bind::<Bool, _>(changes.becomes_default)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(old.id)
    .execute(tx.conn())
    .await?;
    if let Some(addresses) = changes.addresses(old) {
        addresses::replace(tx, site, &addresses, now).await?;
    }
    if let Some(language) = changes.default_language.as_ref().filter(|given| **given != old.default_language)
    {
        options::set(tx, site, ("default_language", Value::from(language.as_str())), by, now).await?;
    }
    Ok(())
}

impl Changes {
    /// The addresses a site receives mail at from now on, if they are others than before.
    fn addresses(&self, old: &Site) -> Option<Vec<String>> {
        let mut next = self.support_addresses.clone().unwrap_or_else(|| old.support_addresses.clone());
        if let Some(first) = &self.support_email {
            next = std::iter::once(first.clone()).chain(next.into_iter().skip(1)).collect();
        }
        (next != old.support_addresses).then_some(next)
    }
}
