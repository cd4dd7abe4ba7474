//! Somebody must be left who administers.

use super::{Refused, User};
use crate::people::rules::Role;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = Bool)]
    left: bool,
}

/// Whoever may take an admin's right away takes turns with others who do so in the same site: two admins who demote
/// each other would both find the other one left.
pub(super) async fn take_turns(tx: &mut Tx, site: Option<SiteId>) -> DbResult<()> {
    let site = site.map_or(Uuid::nil(), |site| site.0);
    sql("select pg_advisory_xact_lock(hashtextextended('admins:' || ?, 0))")
        .bind::<Text, _>(site.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// After a change that takes an admin's right away: whether another one of his role has it still. Who is above all
/// sites may leave a site without anybody.
pub(super) async fn somebody_is_left(
    tx: &mut Tx,
    site: Option<SiteId>,
    was: &User,
    actor: Role,
) -> Result<(), Refused> {
    if was.role() == Role::Admin && actor == Role::SuperAdmin {
        return Ok(());
    }
    let row: Left =
        sql("select exists (select from users where site_id is not distinct from ? and role = ? and id <> ?
            and is_active and not is_banned) as left")
        .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
        .bind::<Text, _>(&was.role)
        .bind::<SqlUuid, _>(was.id)
        .get_result(tx.conn())
        .await?;
    if row.left { Ok(()) } else { Err(Refused::LastAdmin) }
}

/// Ends the user's sessions, whatever they were used for.
pub(super) async fn end_sessions(tx: &mut Tx, user: Uuid, now: DateTime<Utc>) -> DbResult<()> {
    sql("update sessions set ended_at = ?, ended_because = 'deactivated' where user_id = ? and ended_at is null")
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(user)
        .execute(tx.conn())
        .await?;
    Ok(())
}
