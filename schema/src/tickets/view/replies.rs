//! What was said in a ticket, a page at a time: the latest first to be asked for, each page in the order of speaking.

use crate::mail::bodies::{self, Body};
use crate::pool::DbResult;
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{SiteId, TicketId};
use uuid::Uuid;

/// Replies of one page.
pub const REPLIES_MAX: i64 = 100;

/// A reply or an internal note.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Reply {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `visitor` or `agent`.
    #[diesel(sql_type = Text)]
    pub author: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub author_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub sender_email: Option<String>,
    #[diesel(sql_type = Bool)]
    pub sender_unverified: bool,
    #[diesel(sql_type = Text)]
    pub body: String,
    #[diesel(sql_type = Bool)]
    pub is_internal: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The latest replies before a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepliesPage {
    /// In the order in which they were said.
    pub replies: Vec<Reply>,
    /// The first of them, if there are earlier ones.
    pub before: Option<(DateTime<Utc>, Uuid)>,
    /// Of those that came by mail, what the mails looked like.
    pub bodies: Vec<(Uuid, Body)>,
}

/// The latest replies of a ticket before a place, at most `limit`.
///
/// # Errors
/// The database is away.
pub async fn find_replies(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: TicketId,
    with_internal: bool,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> DbResult<RepliesPage> {
    let limit = limit.clamp(1, REPLIES_MAX);
    let (at, id) = before.unwrap_or((DateTime::<Utc>::MAX_UTC, Uuid::max()));
    let mut replies: Vec<Reply> = sql(
        "select r.id, r.author::text as author, r.user_id, coalesce(nullif(r.sender_name, ''), u.name)::text as author_name,
             r.sender_email::text as sender_email, r.sender_unverified, r.body, r.is_internal, r.created_at
         from ticket_replies r left join users u on u.id = r.user_id
         where r.site_id = ? and r.ticket_id = ? and (r.created_at, r.id) < (?, ?) and (? or not r.is_internal)
         order by r.created_at desc, r.id desc limit ?",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(with_internal)
    .bind::<BigInt, _>(limit + 1)
    .get_results(&mut { conn })
    .await?;
    let more = replies.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        replies.pop();
    }
    let before = replies.last().filter(|_| more).map(|first| (first.created_at, first.id));
    replies.reverse();
    let mailed: Vec<Uuid> =
        replies.iter().filter(|reply| reply.sender_email.is_some()).map(|reply| reply.id).collect();
    let bodies = if mailed.is_empty() { Vec::new() } else { bodies::find(conn, site, &mailed).await? };
    Ok(RepliesPage { replies, before, bodies })
}
