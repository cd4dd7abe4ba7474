//! Merging one ticket into another.

use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::hand::{Conflict, Hand, Refused, What};
use crate::tickets::rules::Kind;
use crate::tickets::status_row::{Row, lock};
use crate::tickets::view::{Record, record};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::TicketId;
use serde_json::json;
use uuid::Uuid;

/// Merges `source` into `target` and answers the target. The caller has both in hand: neither is locked by another. The
/// customer gets no mail about the closing; his next mail to the source is heard in the target.
///
/// # Errors
/// See [`Refused`].
pub async fn merge(db: &Db, hand: &Hand<'_>, source: TicketId, target: TicketId) -> Result<Record, Refused> {
    if source == target {
        return Err(Refused::Conflict(Conflict::SameTicket));
    }
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let (source, target) = both(&mut tx, hand, source, target).await?;
    hand.pass(&mut tx, &source).await?;
    Hand { seen: None, ..*hand }.pass(&mut tx, &target).await?;
    if source.merged_into.is_some() {
        return Err(Refused::Conflict(Conflict::Merged));
    }
    if target.merged_into.is_some() || target.standing().kind == Kind::Closed {
        return Err(Refused::Conflict(Conflict::TargetClosed));
    }
    let moved = carry_over(&mut tx, hand, &source, &target).await?;
    close(&mut tx, hand, &source, &target).await?;
    note(&mut tx, hand, &source, &target, &moved);
    let record = record(&mut tx, hand.site.id, target.ticket()).await?.ok_or(Refused::NotFound)?;
    tx.commit().await?;
    Ok(record)
}

/// Locks both, in the order of their ids, so that nobody waits in a ring.
async fn both(
    tx: &mut Tx,
    hand: &Hand<'_>,
    source: TicketId,
    target: TicketId,
) -> Result<(Row, Row), Refused> {
    let (first, second) = if source.0 < target.0 { (source, target) } else { (target, source) };
    let first = lock(tx, hand.site.id, first).await?;
    let second = lock(tx, hand.site.id, second).await?;
    let (source_row, target_row) = if source.0 < target.0 { (first, second) } else { (second, first) };
    let source = source_row.ok_or(Refused::NotFound)?;
    let target = target_row.ok_or(Refused::Unknown(What::Ticket))?;
    Ok((source, target))
}

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = BigInt)]
    replies: i64,
    #[diesel(sql_type = BigInt)]
    attachments: i64,
}

/// One statement: the merge's own row, the requester's opening words, then everything that moves.
async fn carry_over(tx: &mut Tx, hand: &Hand<'_>, source: &Row, target: &Row) -> DbResult<Moved> {
    let moved: Moved = sql(
        "with opening as (
             insert into ticket_replies (id, site_id, ticket_id, author, user_id, sender_name, sender_email, body, created_at)
             select ?, s.site_id, ?, 'visitor', s.user_id, s.visitor_name, s.visitor_email,
                 s.subject || E'\\n\\n' || s.message, s.created_at
             from tickets s where s.site_id = ? and s.id = ?
         ), replies as (
             update ticket_replies set ticket_id = $2 where site_id = $3 and ticket_id = $4 returning id
         ), files as (
             update ticket_attachments set ticket_id = $2, reply_id = coalesce(reply_id, $1)
             where site_id = $3 and ticket_id = $4 returning id, reply_id
         ), people as (
             insert into ticket_participants (site_id, ticket_id, email)
             select $3, $2, email from (
                 select lower(s.visitor_email) as email from tickets s where s.site_id = $3 and s.id = $4
                 union select p.email from ticket_participants p where p.site_id = $3 and p.ticket_id = $4) as e
             where email <> '' and email is distinct from ?
             on conflict do nothing returning email
         ), merged as (
             insert into ticket_merges (id, site_id, source_id, target_id, user_id, opening_id, replies, attachments,
                 participants, source, merged_at)
             select ?, $3, $4, $2, ?, $1, array(select id from replies), array(select id from files),
                 array(select email::text from people), to_jsonb(s), ?
             from tickets s where s.site_id = $3 and s.id = $4
         )
         select (select count(*) from replies) as replies, (select count(*) from files) as attachments",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(target.id)
    .bind::<SqlUuid, _>(source.site_id)
    .bind::<SqlUuid, _>(source.id)
    .bind::<Nullable<Text>, _>(target.email.as_deref().map(crate::turkish::lower_email))
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Nullable<SqlUuid>, _>(hand.by.user_id.map(|user| user.0))
    .bind::<Timestamptz, _>(hand.now)
    .get_result(tx.conn())
    .await?;
    Ok(moved)
}

/// The source is closed and points on; the target has changed.
async fn close(tx: &mut Tx, hand: &Hand<'_>, source: &Row, target: &Row) -> DbResult<()> {
    sql("update tickets set status = 'closed', merged_into = ?, closed_at = coalesce(closed_at, ?), updated_at = $2
         where site_id = ? and id = ?")
    .bind::<SqlUuid, _>(target.id)
    .bind::<Timestamptz, _>(hand.now)
    .bind::<SqlUuid, _>(source.site_id)
    .bind::<SqlUuid, _>(source.id)
    .execute(tx.conn())
    .await?;
    sql("update tickets set updated_at = ? where site_id = ? and id = ?")
        .bind::<Timestamptz, _>(hand.now)
        .bind::<SqlUuid, _>(target.site_id)
        .bind::<SqlUuid, _>(target.id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Both tickets' histories tell of it.
fn note(tx: &mut Tx, hand: &Hand<'_>, source: &Row, target: &Row, moved: &Moved) {
    let entry =
        |ticket: &Row| Entry::of(hand.site.id, hand.by, "TICKET_MERGE", ("ticket", ticket.id), hand.now);
    let details = json!({ "source_id": source.id, "source_number": source.ticket_number, "target_id": target.id,
        "target_number": target.ticket_number, "replies": moved.replies, "attachments": moved.attachments });
    let changes = json!({ "status": { "old": source.status, "new": "closed" },
        "merged_into": { "old": null, "new": target.id } });
    tx.audit(Entry { changes, ..entry(source).with(details.clone()) });
    tx.audit(entry(target).with(details));
}
