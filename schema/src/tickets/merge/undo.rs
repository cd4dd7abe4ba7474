//! Taking a merge back.

use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sla::rules::WARNS_BEFORE;
use crate::sla::watch_job;
use crate::sql::sql;
use crate::tickets::hand::{Conflict, Hand, Refused};
use crate::tickets::rules::{Kind, autoclose_at};
use crate::tickets::status::close_job;
use crate::tickets::status_row::{Row, lock};
use crate::tickets::view::{Record, record};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::TicketId;
use serde_json::json;
use uuid::Uuid;

/// How long a merge can be taken back.
pub const UNDONE_WITHIN: TimeDelta = TimeDelta::hours(24);

#[derive(QueryableByName)]
struct Merge {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    target_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    opening_id: Uuid,
    #[diesel(sql_type = Array<SqlUuid>)]
    replies: Vec<Uuid>,
    #[diesel(sql_type = Array<SqlUuid>)]
    attachments: Vec<Uuid>,
    #[diesel(sql_type = Array<Text>)]
    participants: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    merged_at: DateTime<Utc>,
}

/// Takes the merge of `source` back and answers it as it was. What was said in the target since stays there.
///
/// # Errors
/// See [`Refused`]; the merge is a day old, or the target was itself merged since.
pub async fn undo(db: &Db, hand: &Hand<'_>, source: TicketId) -> Result<Record, Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let merge = find(&mut tx, hand, source).await?;
    let (source, target) = both(&mut tx, hand, source, TicketId(merge.target_id)).await?;
    hand.pass(&mut tx, &source).await?;
    Hand { seen: None, ..*hand }.pass(&mut tx, &target).await?;
    if source.merged_into != Some(target.id) {
        return Err(Refused::Conflict(Conflict::NotMerged));
    }
    if target.merged_into.is_some() {
        return Err(Refused::Conflict(Conflict::TargetMerged));
    }
    if hand.now >= merge.merged_at + UNDONE_WITHIN {
        return Err(Refused::Conflict(Conflict::TooLate));
    }
    carry_back(&mut tx, hand, &merge, &source).await?;
    restore(&mut tx, hand, &merge, &source).await?;
    let restored = lock(&mut tx, hand.site.id, source.ticket()).await?.ok_or(Refused::NotFound)?;
    watch_again(&mut tx, &restored);
    note(&mut tx, hand, &restored, &target);
    let record = record(&mut tx, hand.site.id, source.ticket()).await?.ok_or(Refused::NotFound)?;
    tx.commit().await?;
    Ok(record)
}

async fn find(tx: &mut Tx, hand: &Hand<'_>, source: TicketId) -> Result<Merge, Refused> {
    if lock_exists(tx, hand, source).await?.is_none() {
        return Err(Refused::NotFound);
    }
    let merges: Vec<Merge> = sql(
        "select id, target_id, opening_id, replies, attachments, participants, merged_at from ticket_merges
         where site_id = ? and source_id = ? and undone_at is null order by merged_at desc limit 1",
    )
    .bind::<SqlUuid, _>(hand.site.id.0)
    .bind::<SqlUuid, _>(source.0)
    .get_results(tx.conn())
    .await?;
    merges.into_iter().next().ok_or(Refused::Conflict(Conflict::NotMerged))
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "that there is one says it all")]
    id: Uuid,
}

/// Without locking it: both are locked in the order of their ids.
async fn lock_exists(tx: &mut Tx, hand: &Hand<'_>, ticket: TicketId) -> DbResult<Option<Exists>> {
    let rows: Vec<Exists> = sql("select id from tickets where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(hand.site.id.0)
        .bind::<SqlUuid, _>(ticket.0)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next())
}

async fn both(
    tx: &mut Tx,
    hand: &Hand<'_>,
    source: TicketId,
    target: TicketId,
) -> Result<(Row, Row), Refused> {
    let is_source_first = source.0 < target.0;
    let (first, second) = if is_source_first { (source, target) } else { (target, source) };
    let first = lock(tx, hand.site.id, first).await?;
    let second = lock(tx, hand.site.id, second).await?;
    let (source, target) = if is_source_first { (first, second) } else { (second, first) };
    Ok((source.ok_or(Refused::NotFound)?, target.ok_or(Refused::Conflict(Conflict::NotMerged))?))
}

/// Only what the merge moved and what still is where it was moved to. Files first: those that came with the ticket
/// itself hang on the opening words, which go last.
async fn carry_back(tx: &mut Tx, hand: &Hand<'_>, merge: &Merge, source: &Row) -> DbResult<()> {
    sql("update ticket_attachments set ticket_id = ?, reply_id = nullif(reply_id, ?)
         where site_id = ? and ticket_id = ? and id = any(?)")
    .bind::<SqlUuid, _>(source.id)
    .bind::<SqlUuid, _>(merge.opening_id)
    .bind::<SqlUuid, _>(source.site_id)
    .bind::<SqlUuid, _>(merge.target_id)
    .bind::<Array<SqlUuid>, _>(&merge.attachments)
    .execute(tx.conn())
    .await?;
    sql("update ticket_replies set ticket_id = ? where site_id = ? and ticket_id = ? and id = any(?)")
        .bind::<SqlUuid, _>(source.id)
        .bind::<SqlUuid, _>(source.site_id)
        .bind::<SqlUuid, _>(merge.target_id)
        .bind::<Array<SqlUuid>, _>(&merge.replies)
        .execute(tx.conn())
        .await?;
    sql("with gone as (delete from ticket_replies where site_id = ? and ticket_id = ? and id = ?),
              left_ as (delete from ticket_participants where site_id = $1 and ticket_id = $2 and email = any(?))
         update ticket_merges set undone_at = ? where site_id = $1 and id = ?")
    .bind::<SqlUuid, _>(source.site_id)
    .bind::<SqlUuid, _>(merge.target_id)
    .bind::<SqlUuid, _>(merge.opening_id)
    .bind::<Array<Text>, _>(&merge.participants)
    .bind::<Timestamptz, _>(hand.now)
    .bind::<SqlUuid, _>(merge.id)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The source's own columns, as the merge found them.
async fn restore(tx: &mut Tx, hand: &Hand<'_>, merge: &Merge, source: &Row) -> DbResult<()> {
    sql("update tickets t set status = case when s.key is null then 'open' else o.status end, resolved_at = o.resolved_at, closed_at = o.closed_at,
             sla_due_date = o.sla_due_date, sla_breach_notified = o.sla_breach_notified, sla_breached = o.sla_breached,
             sla_breach_time = o.sla_breach_time, agent_id = u.id, merged_into = null, updated_at = ?
         from ticket_merges m, lateral jsonb_populate_record(null::tickets, m.source) as o
         left join users u on u.site_id = o.site_id and u.id = o.agent_id
         left join statuses s on s.site_id = o.site_id and s.key = o.status
         where t.site_id = ? and t.id = ? and m.site_id = t.site_id and m.id = ?")
    .bind::<Timestamptz, _>(hand.now)
    .bind::<SqlUuid, _>(source.site_id)
    .bind::<SqlUuid, _>(source.id)
    .bind::<SqlUuid, _>(merge.id)
    .execute(tx.conn())
    .await?;
    sql("update tickets set updated_at = ? where site_id = ? and id = ?")
        .bind::<Timestamptz, _>(hand.now)
        .bind::<SqlUuid, _>(source.site_id)
        .bind::<SqlUuid, _>(merge.target_id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// While it stood closed, its jobs found nothing to do and ended.
fn watch_again(tx: &mut Tx, row: &Row) {
    let kind = row.standing().kind;
    if let (Kind::Resolved, Some(at)) = (kind, row.resolved_at) {
        tx.enqueue(close_job(row.site(), row.ticket(), autoclose_at(at)));
    }
    if let Some(due) = row.sla_due_date.filter(|_| !kind.is_settled() && !row.sla_breached) {
        tx.enqueue(watch_job(row.site(), row.ticket(), due - WARNS_BEFORE));
    }
}

fn note(tx: &mut Tx, hand: &Hand<'_>, source: &Row, target: &Row) {
    let entry =
        |ticket: Uuid| Entry::of(hand.site.id, hand.by, "TICKET_UNMERGE", ("ticket", ticket), hand.now);
    let details = json!({ "source_id": source.id, "source_number": source.ticket_number, "target_id": target.id,
        "target_number": target.ticket_number });
    let changes = json!({ "status": { "old": "closed", "new": source.status },
        "merged_into": { "old": target.id, "new": null } });
    tx.audit(Entry { changes, ..entry(source.id).with(details.clone()) });
    tx.audit(entry(target.id).with(details));
}
