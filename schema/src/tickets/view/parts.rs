//! What hangs on a ticket: files, people, other tickets.

use crate::pool::DbResult;
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{SiteId, TicketId};
use uuid::Uuid;

/// Files of a ticket that are listed.
const ATTACHMENTS_MAX: i64 = 500;
/// Tickets and people that are listed.
const OTHERS_MAX: i64 = 100;

/// A file, or the note that one was refused.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Attachment {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The reply it came with; none if it came with the ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub reply_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub file_name: String,
    #[diesel(sql_type = Text)]
    pub content_type: String,
    #[diesel(sql_type = BigInt)]
    pub size_bytes: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub refused_because: Option<String>,
    /// By which the page of its mail names it, behind `cid:`.
    #[diesel(sql_type = Nullable<Text>)]
    pub content_id: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// How two tickets belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The other is the closed one that this one goes on from.
    Follows,
    FollowedBy,
    MergedInto,
    MergedFrom,
}

/// Another ticket that belongs to this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub kind: LinkKind,
    pub id: Uuid,
    pub ticket_number: i64,
    pub subject: String,
    pub status: String,
}

#[derive(QueryableByName)]
struct LinkRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    ticket_number: i64,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    status: String,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

impl LinkKind {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            LinkKind::Follows => "follows",
            LinkKind::FollowedBy => "followed_by",
            LinkKind::MergedInto => "merged_into",
            LinkKind::MergedFrom => "merged_from",
        }
    }
}

/// The files of a ticket, oldest first; without those of internal notes if so asked.
pub(super) async fn attachments(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: TicketId,
    with_internal: bool,
) -> DbResult<Vec<Attachment>> {
    Ok(sql(
        "select a.id, a.reply_id, a.file_name, a.content_type, a.size_bytes, a.refused_because, a.content_id,
             a.created_at
         from ticket_attachments a left join ticket_replies r on r.id = a.reply_id
         where a.site_id = ? and a.ticket_id = ? and (? or coalesce(not r.is_internal, true))
         order by a.created_at, a.id limit ?",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .bind::<Bool, _>(with_internal)
    .bind::<BigInt, _>(ATTACHMENTS_MAX)
    .get_results(&mut { conn })
    .await?)
}

/// Addresses of whoever takes part beside the requester.
pub(super) async fn participants(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: TicketId,
) -> DbResult<Vec<String>> {
    let rows: Vec<Word> = sql("select email::text as word from ticket_participants
         where site_id = ? and ticket_id = ? order by email limit ?")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .bind::<BigInt, _>(OTHERS_MAX)
    .get_results(&mut { conn })
    .await?;
    Ok(rows.into_iter().map(|row| row.word).collect())
}

/// Where the site's table leads from a ticket's status, for one role.
pub(super) async fn steps(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: TicketId,
    role: &str,
) -> DbResult<Vec<String>> {
    let rows: Vec<Word> = sql("select t.to_key::text as word
         from status_transitions t join statuses s on s.site_id = t.site_id and s.key = t.to_key
         where t.site_id = ? and t.from_key = (select o.status from tickets o where o.site_id = $1 and o.id = ?)
           and not s.retired
           and (t.roles = '{}' or ? = any(t.roles) or $3 = 'superadmin')
         order by s.position, s.key limit ?")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .bind::<Text, _>(role)
    .bind::<BigInt, _>(OTHERS_MAX)
    .get_results(&mut { conn })
    .await?;
    Ok(rows.into_iter().map(|row| row.word).collect())
}

/// The tickets that belong to one.
pub(super) async fn links(conn: &AsyncPgConnection, site: SiteId, ticket: TicketId) -> DbResult<Vec<Link>> {
    let rows: Vec<LinkRow> = sql("select l.kind, t.id, t.ticket_number, t.subject, t.status::text as status
         from (select 'follows' as kind, f.previous_id as id from ticket_follow_ups f
               where f.site_id = ? and f.ticket_id = ?
               union all
               select 'followed_by', f.ticket_id from ticket_follow_ups f
               where f.site_id = $1 and f.previous_id = $2
               union all
               select 'merged_into', m.merged_into from tickets m
               where m.site_id = $1 and m.id = $2 and m.merged_into is not null
               union all
               select 'merged_from', m.id from tickets m where m.site_id = $1 and m.merged_into = $2) as l
         join tickets t on t.site_id = $1 and t.id = l.id order by t.created_at, t.id limit ?")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .bind::<BigInt, _>(OTHERS_MAX)
    .get_results(&mut { conn })
    .await?;
    Ok(rows.into_iter().map(LinkRow::link).collect())
}

impl LinkRow {
    fn link(self) -> Link {
        let kind = match self.kind.as_str() {
            "follows" => LinkKind::Follows,
            "followed_by" => LinkKind::FollowedBy,
            "merged_into" => LinkKind::MergedInto,
            _ => LinkKind::MergedFrom,
        };
        let LinkRow { id, ticket_number, subject, status, .. } = self;
        Link { kind, id, ticket_number, subject, status }
    }
}
