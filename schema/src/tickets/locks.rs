//! Who is writing in a ticket (A8-31…38): taken for 15 minutes, renewed by taking it again, gone with its holder.
//!
//! Whoever takes a lock holds the ticket's row while doing so, as every change does: a change that has begun ends before
//! the lock is given, and one that begins after sees it.

use super::hand::{Hand, Refused};
use super::rules::lock_expires;
use super::status_row::{Row, lock};
use crate::people::rules::Role;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{SiteId, TicketId, UserId};
use uuid::Uuid;

/// A lock that lasts.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Lock {
    /// The holder's name.
    #[diesel(sql_type = Text)]
    pub owner: String,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub since: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// A lock that was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Released {
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
}

/// Takes a ticket's lock under a name, or renews it: then it keeps its `since`.
///
/// # Errors
/// See [`Refused`]; of many who take it at once one gets it.
pub async fn take(db: &Db, hand: &Hand<'_>, ticket: TicketId, owner: &str) -> Result<Lock, Refused> {
    let Some(user) = hand.by.user_id else { return Err(Refused::Forbidden) };
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = lock(&mut tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
    let taken: Vec<Lock> =
        sql("insert into ticket_locks as l (ticket_id, site_id, user_id, owner, since, expires_at)
         values (?, ?, ?, ?, ?, ?)
         on conflict (ticket_id) do update
         set user_id = excluded.user_id, owner = excluded.owner, expires_at = excluded.expires_at,
             since = case when l.user_id = excluded.user_id and l.expires_at > excluded.since then l.since
                     else excluded.since end
         where l.user_id = excluded.user_id or l.expires_at <= excluded.since
         returning owner, user_id, since, expires_at")
        .bind::<SqlUuid, _>(row.id)
        .bind::<SqlUuid, _>(row.site_id)
        .bind::<SqlUuid, _>(user.0)
        .bind::<Text, _>(owner)
        .bind::<Timestamptz, _>(hand.now)
        .bind::<Timestamptz, _>(lock_expires(hand.now))
        .get_results(tx.conn())
        .await?;
    match taken.into_iter().next() {
        Some(taken) => {
            tx.commit().await?;
            Ok(taken)
        }
        None => {
            let other = held_by_another(&mut tx, &row, Some(user), hand.now).await?;
            other.map_or(Err(Refused::NotFound), |other| Err(Refused::Locked(other)))
        }
    }
}

/// Gives a lock back. One that nobody holds is given back as well.
///
/// # Errors
/// It is somebody else's, and the caller no admin (A8-36).
pub async fn release(db: &Db, hand: &Hand<'_>, ticket: TicketId) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = lock(&mut tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
    if hand.role < Role::Admin && held_by_another(&mut tx, &row, hand.by.user_id, hand.now).await?.is_some() {
        return Err(Refused::Forbidden);
    }
    sql("delete from ticket_locks where site_id = ? and ticket_id = ?")
        .bind::<SqlUuid, _>(row.site_id)
        .bind::<SqlUuid, _>(row.id)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Gives back whatever somebody holds, on every site, and says what it was: for the end of his last connection
/// (A8-35). Logging out does the same by itself.
///
/// # Errors
/// The database is away.
pub async fn release_all(db: &Db, user: UserId) -> DbResult<Vec<Released>> {
    let mut conn = db.conn().await?;
    let released = sql("select site_id, ticket_id from ticket_locks_release(?)").bind::<SqlUuid, _>(user.0);
    Ok(released.get_results(&mut **conn).await?)
}

/// Who is writing in a ticket, if anybody is.
///
/// # Errors
/// The database is away.
pub async fn holder(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: Uuid,
    now: DateTime<Utc>,
) -> DbResult<Option<Lock>> {
    find(conn, site, ticket, None, now).await
}

/// Who else than `user` is writing in a ticket.
pub(super) async fn held_by_another(
    tx: &mut Tx,
    row: &Row,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> DbResult<Option<Lock>> {
    find(tx.conn(), row.site(), row.id, user, now).await
}

async fn find(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: Uuid,
    but: Option<UserId>,
    now: DateTime<Utc>,
) -> DbResult<Option<Lock>> {
    let rows: Vec<Lock> = sql("select owner, user_id, since, expires_at from ticket_locks
         where site_id = ? and ticket_id = ? and expires_at > ? and user_id is distinct from ?")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(but.map(|user| user.0))
    .get_results(&mut { conn })
    .await?;
    Ok(rows.into_iter().next())
}
