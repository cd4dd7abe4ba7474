//! Finding the ticket a mail belongs to, and adding what it says.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use crate::tickets::Hearing;
use crate::tickets::rules::Standing;
use crate::turkish::lower_email;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Json, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId, UserId};
use serde_json::{Value, json};
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
}

impl Thread {
    #[must_use]
    pub fn ticket(&self) -> TicketId {
        TicketId(self.id)
    }

    /// As a customer's reply finds it.
    #[must_use]
    pub fn hearing(&self) -> Hearing {
        Hearing { ticket: self.ticket(), standing: self.standing(), resolved_at: self.resolved_at }
    }

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
             ) as is_participant
         from (select ?::text as email, ?::uuid as site_id, ?::bigint as number, ?::text as reference,
                   ?::text[] as ancestors) s
         join tickets t on t.site_id = s.site_id and t.id = ticket_head(s.site_id, coalesce(
             (select n.id from tickets n where n.site_id = s.site_id and n.ticket_number = s.number),
             (select n.id from tickets n where n.site_id = s.site_id and n.reference = s.reference),
             (select m.ticket_id from unnest(s.ancestors) with ordinality as a(message_id, place)
              join mail_messages m on m.site_id = s.site_id and m.message_id = a.message_id
              where m.ticket_id is not null order by a.place limit 1)))
         for update of t")
        .bind::<Text, _>(lower_email(sender))
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

/// People a ticket has room for beside its requester.
pub(crate) const PARTICIPANTS_MAX: i64 = 50;

/// Lets people take part in a ticket. Left out are its requester, the site's own addresses and its staff, and whoever
/// there is no room for. `people` are addresses in lower case with the mailboxes they name.
///
/// # Errors
/// The database is away.
pub async fn add_participants(
    tx: &mut Tx,
    site: SiteId,
    ticket: TicketId,
    people: &[(String, String)],
) -> DbResult<()> {
    sql("select ticket_people(?, ?)")
        .bind::<Json, _>(Value::Array(participants(site, ticket, people)))
        .bind::<BigInt, _>(PARTICIPANTS_MAX)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The documents that `ticket_people` takes.
pub(crate) fn participants(site: SiteId, ticket: TicketId, people: &[(String, String)]) -> Vec<Value> {
    let person = |((email, mailbox), place): (&(String, String), i64)| {
        let (site, ticket) = (site.0, ticket.0);
        json!({ "site_id": site, "ticket_id": ticket, "email": email, "mailbox": mailbox, "place": place })
    };
    people.iter().zip(1..).map(person).collect()
}

#[derive(QueryableByName)]
struct Person {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
}

/// The active agent or admin of the site with this address, and his name. An address alone proves nothing.
///
/// # Errors
/// The database is away.
pub async fn staff(tx: &mut Tx, site: SiteId, email: &str) -> DbResult<Option<(UserId, String)>> {
    let rows: Vec<Person> = sql("select id, name::text as name from users
         where site_id = ? and email = ? and is_active and not is_banned and role in ('agent', 'admin')")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(lower_email(email))
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next().map(|row| (UserId(row.id), row.name)))
}

/// Whom a mail of ours was sent to.
///
/// # Errors
/// The database is away.
pub async fn addressee(tx: &mut Tx, site: SiteId, outbound: Uuid) -> DbResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        address: String,
    }
    let rows: Vec<Row> =
        sql("select to_address::text as address from mail_outbox where site_id = ? and id = ?")
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(outbound)
            .get_results(tx.conn())
            .await?;
    Ok(rows.into_iter().next().map(|row| row.address))
}
