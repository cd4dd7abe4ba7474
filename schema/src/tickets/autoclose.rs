//! Closes everything that has been resolved for 48 hours, thousands of tickets in one statement.
//!
//! The exact job of each ticket comes first as a rule ([`super::status::close_resolved`]); this is the net beneath
//! it, and the way through a pile that gathered while nothing ran. Rows, audit entries, mails and the jobs that
//! send them are written by the one statement that locks the tickets; what somebody else holds is left to them.
//! The jobs are not handed over here: the relay finds them and keeps its measure.

use super::rules::{REOPENS_FOR, Status};
use crate::mail::Template;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Json, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use jobs::{Job, mail_out::Deliver};
use serde_json::json;

/// Tickets that one call closes: long enough to be cheap, short enough to hold nobody up.
pub const CHUNK: i64 = 5_000;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    closed: i64,
}

/// Closes at most `limit` tickets of all sites and returns how many. `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn close_due(tx: &mut Tx, limit: i64, now: DateTime<Utc>) -> DbResult<i64> {
    let (old, new) = (Status::Resolved, Status::Closed);
    let details = json!({ "old_status": old, "new_status": new, "worker": "autoclose" });
    let row: Count = sql(STATEMENT)
        .bind::<Timestamptz, _>(now - REOPENS_FOR)
        .bind::<BigInt, _>(limit)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now)
        .bind::<Json, _>(details)
        .bind::<Json, _>(json!({ "status": { "old": old, "new": new } }))
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(Template::Closed.key())
        .bind::<Json, _>(json!({ "status_label": new.label() }))
        .bind::<Text, _>(Deliver::KIND)
        .bind::<Text, _>(Deliver::QUEUE.name())
        .bind::<SmallInt, _>(Deliver::ATTEMPTS_MAX)
        .get_result(tx.conn())
        .await?;
    Ok(row.closed)
}

const STATEMENT: &str = "
    with due as materialized (
        select id, site_id, visitor_id, visitor_name, nullif(visitor_email, '') as visitor_email
        from tickets where status = 'resolved' and resolved_at <= ?
        order by resolved_at limit ? for no key update skip locked
    ), closed as (
        update tickets t set status = 'closed', closed_at = ?, updated_at = ?
        from due d where t.id = d.id returning 1
    ), audited as (
        insert into audit_logs (id, site_id, action, target_type, target_id, details, changes, created_at)
        select gen_random_uuid(), site_id, 'TICKET_STATUS_CHANGE', 'ticket', id, ?::jsonb, ?::jsonb, ? from due
    ), mailed as (
        insert into mail_outbox (id, site_id, ticket_id, template, to_address, to_name, facts)
        select gen_random_uuid(), d.site_id, d.id, ?, coalesce(d.visitor_email, v.email), d.visitor_name, ?::jsonb
        from due d left join visitors v on v.id = d.visitor_id and d.visitor_email is null
        where coalesce(d.visitor_email, nullif(v.email, '')) is not null
        returning id, site_id
    ), enqueued as (
        insert into jobs (id, kind, queue, site_id, payload, attempts_max)
        select gen_random_uuid(), ?, ?, site_id, jsonb_build_object('site_id', site_id, 'outbound_id', id), ?
        from mailed
    )
    select count(*) as closed from closed";
