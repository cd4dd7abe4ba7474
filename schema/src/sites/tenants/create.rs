//! A new site: open Monday to Friday from 9 to 18 until somebody says otherwise.

use super::list::read;
use super::update::{dethrone, take_turns, write};
use super::{Changes, Refused, Site};
use crate::audit::Entry;
use crate::hours::settings::give_defaults;
use crate::pool::{Db, Scope};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;

/// Makes a site of a name and of whatever else is given. A deployment's first site is its default.
///
/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    name: &str,
    given: &Changes,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Site, Refused> {
    let site = SiteId::fresh();
    let mut tx = db.begin(Scope::System).await?;
    take_turns(&mut tx).await?;
    sql("insert into sites (id, name, is_default, created_at, updated_at)
        select ?, ?, not exists (select from sites where is_default), ?, ?")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    if given.becomes_default {
        dethrone(&mut tx, site, now).await?;
    }
    tx.rescope(Scope::Site(site)).await?;
    give_defaults(&mut tx, site).await?;
    let bare = read(&mut tx, site).await?.ok_or(Refused::NotFound)?;
    write(&mut tx, &bare, given, by, now).await?;
    let made = read(&mut tx, site).await?.ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "CREATE", ("site", site.0), now).making(&made));
    tx.commit().await?;
    Ok(made)
}
