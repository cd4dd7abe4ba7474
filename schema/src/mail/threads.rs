//! Finding the ticket a mail belongs to, and adding what it says.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use crate::tickets::rules::Standing;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId, UserId};
use uuid::Uuid;

/// A ticket that a mail may belong to, its row locked.
#[derive(Clone, Debug, QueryableByName)]
pub struct Thread {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Text)]
    status_kind: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// The sender asked for this ticket or was added to it.
    #[diesel(sql_type = Bool)]
    pub is_participant: bool,
    /// The active agent or admin of the site who has the sender's address.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub staff_id: Option<Uuid>,
}

impl Thread {
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of_row(&self.status, &self.status_kind)
    }
}

/// How a ticket is named.
pub enum Named<'a> {
    Number(i64),
    Reference(&'a str),
    /// By the Message-IDs of mails that this site has received; the first that is known decides.
    Ancestors(&'a [String]),
}

/// The ticket of this name within the site, or the one it was merged into, and what it has to do with the sender.
///
/// # Errors
/// The database is away.
pub async fn find(tx: &mut Tx, site: SiteId, named: Named<'_>, sender: &str) -> DbResult<Option<Thread>> {
    let (number, reference, ancestors): (Option<i64>, Option<&str>, &[String]) = match named {
        Named::Number(number) => (Some(number), None, &[]),
        Named::Reference(reference) => (None, Some(reference), &[]),
        Named::Ancestors(ids) => (None, None, ids),
    };
    let rows: Vec<Thread> =
        sql("select t.id, t.ticket_number, t.status::text, t.status_kind::text, t.resolved_at,
             (lower(t.visitor_email) is not distinct from s.email or exists (
                 select from ticket_participants p where p.ticket_id = t.id and p.email = s.email)
             ) as is_participant,
             (select u.id from users u where u.site_id = t.site_id and u.email = s.email and u.is_active
                 and u.role in ('agent', 'admin')) as staff_id
         from (select ?::text as email, ?::uuid as site_id, ?::bigint as number, ?::text as reference,
                   ?::text[] as ancestors) s
         join tickets t on t.site_id = s.site_id and t.id = ticket_head(s.site_id, coalesce(
             (select n.id from tickets n where n.site_id = s.site_id and n.ticket_number = s.number),
             (select n.id from tickets n where n.site_id = s.site_id and n.reference = s.reference),
             (select m.ticket_id from unnest(s.ancestors) with ordinality as a(message_id, place)
              join mail_messages m on m.site_id = s.site_id and m.message_id = a.message_id
              where m.ticket_id is not null order by a.place limit 1)))
         for update of t")
        .bind::<Text, _>(sender)
        .bind::<SqlUuid, _>(site.0)
        .bind::<Nullable<BigInt>, _>(number)
        .bind::<Nullable<Text>, _>(reference)
        .bind::<Array<Text>, _>(ancestors)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next())
}

/// Something said in a ticket.
#[derive(Clone, Debug)]
pub struct NewReply {
    pub id: Uuid,
    pub ticket_id: TicketId,
    /// The agent who wrote it; none for a visitor.
    pub agent_id: Option<UserId>,
    pub sender_name: String,
    pub sender_email: String,
    pub sender_unverified: bool,
    pub body: String,
    pub is_internal: bool,
}

/// Adds a reply.
///
/// # Errors
/// The database is away.
pub async fn add_reply(tx: &mut Tx, site: SiteId, reply: &NewReply, now: DateTime<Utc>) -> DbResult<()> {
    sql("with said as (
             insert into ticket_replies (id, site_id, ticket_id, author, user_id, sender_name, sender_email,
                 sender_unverified, body, is_internal, created_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning ticket_id, site_id, created_at)
         update tickets t set updated_at = said.created_at from said
         where t.site_id = said.site_id and t.id = said.ticket_id")
    .bind::<SqlUuid, _>(reply.id)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(reply.ticket_id.0)
    .bind::<Text, _>(if reply.agent_id.is_some() { "agent" } else { "visitor" })
    .bind::<Nullable<SqlUuid>, _>(reply.agent_id.map(|id| id.0))
    .bind::<Text, _>(&reply.sender_name)
    .bind::<Text, _>(&reply.sender_email)
    .bind::<Bool, _>(reply.sender_unverified)
    .bind::<Text, _>(&reply.body)
    .bind::<Bool, _>(reply.is_internal)
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Hangs files on a reply.
///
/// # Errors
/// The database is away.
pub async fn attach(
    tx: &mut Tx,
    site: SiteId,
    ticket: TicketId,
    reply: Uuid,
    files: &[crate::tickets::NewAttachment],
) -> DbResult<()> {
    if files.is_empty() {
        return Ok(());
    }
    sql("insert into ticket_attachments (id, site_id, ticket_id, reply_id, file_name, content_type, size_bytes,
             storage_key, refused_because, content_id)
         select id, ?, ?, ?, file_name, content_type, size_bytes, storage_key, refused_because, content_id
         from json_populate_recordset(null::ticket_attachments, ?)")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .bind::<SqlUuid, _>(reply)
    .bind::<diesel::sql_types::Json, _>(crate::pool::to_json(&files))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Who asked for a ticket: address and name; none without an address.
///
/// # Errors
/// The database is away.
pub async fn requester(tx: &mut Tx, site: SiteId, ticket: TicketId) -> DbResult<Option<(String, String)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        address: String,
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Row> =
        sql("select coalesce(t.visitor_email, v.email)::text as address, t.visitor_name as name
         from tickets t left join visitors v on v.id = t.visitor_id
         where t.site_id = ? and t.id = ? and coalesce(t.visitor_email, v.email) is not null")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(ticket.0)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next().map(|row| (row.address, row.name)))
}
