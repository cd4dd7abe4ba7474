//! Deleting a user. What he did stays: tickets without an agent (B12-64), replies and entries of the log without a
//! name.

use super::standing::{somebody_is_left, take_turns};
use super::update::lock;
use super::{Actor, Refused, User, columns, scope_of};
use crate::audit::Entry;
use crate::people::rules::may_touch;
use crate::pool::{Db, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use serde_json::json;

/// Deletes a user of a site, or of none; his sessions end with him.
///
/// # Errors
/// See [`Refused`].
pub async fn delete(
    db: &Db,
    site: Option<SiteId>,
    user: UserId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    let mut tx = db.begin(scope_of(site)).await?;
    take_turns(&mut tx, site).await?;
    let known = find(&mut tx, site, user).await?;
    may_touch(actor.role, known.role()).map_err(|_| Refused::TooLow)?;
    // Tickets are locked before people, as everywhere.
    sql("update tickets set agent_id = null, updated_at = ? where agent_id = ?")
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(user.0)
        .execute(tx.conn())
        .await?;
    let old = lock(&mut tx, site, user).await?;
    sql("delete from users where id = ?").bind::<SqlUuid, _>(user.0).execute(tx.conn()).await?;
    if old.standing().steps_down(None) {
        somebody_is_left(&mut tx, site, &old, actor.role).await?;
    }
    let entry = Entry::of(site.unwrap_or(SiteId::SYSTEM), &actor.by, "DELETE", ("user", user.0), now);
    tx.audit(match entry.actor_id == Some(user) {
        // Who deletes himself is gone when the entry is written.
        true => Entry { actor_id: None, ..entry }.with(json!({ "by_himself": true })).losing(&old),
        false => entry.losing(&old),
    });
    tx.commit().await?;
    Ok(())
}

async fn find(tx: &mut Tx, site: Option<SiteId>, user: UserId) -> Result<User, Refused> {
    let rows: Vec<User> =
        sql(concat!("select ", columns!(), " from users where site_id is not distinct from ? and id = ?"))
            .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
            .bind::<SqlUuid, _>(user.0)
            .get_results(tx.conn())
            .await?;
    rows.into_iter().next().ok_or(Refused::NotFound)
}
