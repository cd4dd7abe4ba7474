//! Writing the index.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use crate::tickets::rules::search::{Sought, doc, grams, salt};
use crate::tickets::status_row::Row;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

/// Tickets that one call indexes.
pub const CHUNK: i64 = 100;
/// Tickets behind the index that a search reads through without asking for more of it.
pub const LATE_AFTER: i64 = 100;

#[derive(QueryableByName)]
struct Unindexed {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    ticket_number: i64,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    visitor_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    visitor_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    visitor_phone: Option<String>,
    #[diesel(sql_type = Text)]
    message: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Progress {
    #[diesel(sql_type = BigInt)]
    indexed_up_to: i64,
}

#[derive(QueryableByName)]
struct Late {
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
}

/// Indexes a site's next tickets, at most `limit`, and says whether there may be more. Where somebody else is at it
/// already it is left to him. `tx` acts for the site.
///
/// # Errors
/// The database is away.
pub async fn index_site(tx: &mut Tx, site: SiteId, limit: i64) -> DbResult<bool> {
    let Some(indexed_up_to) = progress(tx, site).await? else { return Ok(false) };
    let tickets: Vec<Unindexed> =
        sql("select id, ticket_number, reference::text as reference, subject, visitor_name,
             visitor_email::text as visitor_email, visitor_phone::text as visitor_phone, message, created_at
         from tickets where site_id = ? and ticket_number > ? order by ticket_number limit ?")
        .bind::<SqlUuid, _>(site.0)
        .bind::<BigInt, _>(indexed_up_to)
        .bind::<BigInt, _>(limit)
        .get_results(tx.conn())
        .await?;
    let Some(last) = tickets.last().map(|ticket| ticket.ticket_number) else { return Ok(false) };
    let docs: Vec<String> = tickets.iter().map(Unindexed::doc).collect();
    // What was changed meanwhile is indexed already, and better.
    sql("with given as materialized (
             select * from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[]) as g(id, created_at, doc, grams)
         ), docs as (
             insert into ticket_search (ticket_id, site_id, doc) select id, ?, doc from given
             on conflict do nothing returning ticket_id
         ), pieces as (
             insert into ticket_grams (ticket_id, created_at, grams)
             select g.id, g.created_at, g.grams::integer[] from given g join docs d on d.ticket_id = g.id
             on conflict do nothing
         )
         update ticket_search_progress set indexed_up_to = ? where site_id = $5")
    .bind::<Array<SqlUuid>, _>(tickets.iter().map(|ticket| ticket.id).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(tickets.iter().map(|ticket| ticket.created_at).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(&docs)
    .bind::<Array<Text>, _>(docs.iter().map(|doc| pieces(site.0, doc)).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(site.0)
    .bind::<BigInt, _>(last)
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(tickets.len()).unwrap_or(i64::MAX) >= limit)
}

/// How far a site is indexed, its row locked; none if somebody else has it.
async fn progress(tx: &mut Tx, site: SiteId) -> DbResult<Option<i64>> {
    sql("insert into ticket_search_progress (site_id, indexed_up_to) values (?, 0) on conflict do nothing")
        .bind::<SqlUuid, _>(site.0)
        .execute(tx.conn())
        .await?;
    let rows: Vec<Progress> =
        sql("select indexed_up_to from ticket_search_progress where site_id = ? for update skip locked")
            .bind::<SqlUuid, _>(site.0)
            .get_results(tx.conn())
            .await?;
    Ok(rows.into_iter().next().map(|row| row.indexed_up_to))
}

/// Indexes one ticket whose doc has changed, in the transaction of the change.
///
/// # Errors
/// The database is away.
pub async fn put(tx: &mut Tx, row: &Row, doc: &str) -> DbResult<()> {
    sql("with docs as (
             insert into ticket_search (ticket_id, site_id, doc) values (?, ?, ?)
             on conflict (ticket_id) do update set doc = excluded.doc
         )
         insert into ticket_grams (ticket_id, created_at, grams) values ($1, ?, ?::text::integer[])
         on conflict (ticket_id) do update set grams = excluded.grams")
    .bind::<SqlUuid, _>(row.id)
    .bind::<SqlUuid, _>(row.site_id)
    .bind::<Text, _>(doc)
    .bind::<Timestamptz, _>(row.created_at)
    .bind::<Text, _>(pieces(row.site_id, doc))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The sites whose index is behind, at most `limit`. `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn late_sites(tx: &mut Tx, limit: i64) -> DbResult<Vec<SiteId>> {
    let rows: Vec<Late> = sql("select s.id as site_id from sites s
         cross join lateral (select t.ticket_number from tickets t where t.site_id = s.id
                             order by t.ticket_number desc limit 1) as newest
         where newest.ticket_number > coalesce(
             (select p.indexed_up_to from ticket_search_progress p where p.site_id = s.id), 0)
         order by s.id limit ?")
    .bind::<BigInt, _>(limit)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| SiteId(row.site_id)).collect())
}

impl Unindexed {
    fn doc(&self) -> String {
        doc(Sought {
            ticket_number: self.ticket_number,
            reference: &self.reference,
            subject: &self.subject,
            visitor_name: &self.visitor_name,
            visitor_email: self.visitor_email.as_deref(),
            visitor_phone: self.visitor_phone.as_deref(),
            message: &self.message,
        })
    }
}

/// A doc's grams as Postgres writes an array.
fn pieces(site: Uuid, doc: &str) -> String {
    let salt = salt(site);
    let pieces: Vec<String> = grams(doc).into_iter().map(|gram| (gram ^ salt).to_string()).collect();
    format!("{{{}}}", pieces.join(","))
}
