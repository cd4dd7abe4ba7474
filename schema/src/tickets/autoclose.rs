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
use diesel::sql_types::{BigInt, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use jobs::{Job, mail_out::Deliver};
use uuid::Uuid;

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
    let ids_start = Uuid::now_v7().to_string()[..IDS_START].to_owned();
    let row: Count = sql(STATEMENT)
        .bind::<Timestamptz, _>(now - REOPENS_FOR)
        .bind::<BigInt, _>(limit)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(&ids_start)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(&ids_start)
        .bind::<Text, _>(Template::Closed.key())
        .bind::<Text, _>(Status::Closed.label())
        .bind::<Text, _>(Deliver::KIND)
        .bind::<Text, _>(Deliver::QUEUE.name())
        .bind::<SmallInt, _>(Deliver::ATTEMPTS_MAX)
        .get_result(tx.conn())
        .await?;
    Ok(row.closed)
}

/// Time and version of an id, in characters: what the chunk's ids share. They sort by time as ids made one by one
/// do, which keeps their index inserts at the right edge; the rest of each is random.
const IDS_START: usize = 15;

/// Tickets are found by array, so that no plan reads the whole table for a chunk of it.
const STATEMENT: &str = "
    with due as materialized (
        select id, status from tickets where status_kind = 'resolved' and resolved_at <= ?
        order by resolved_at limit ? for no key update skip locked
    ), closed as (
        update tickets t set status = 'closed', closed_at = ?, updated_at = ?
        where id = any(array(select id from due))
        returning id, site_id, visitor_name, coalesce(nullif(visitor_email, ''),
            (select nullif(v.email, '') from visitors v where v.id = t.visitor_id)) as email
    ), audited as (
        insert into audit_logs (id, site_id, action, target_type, target_id, details, changes, created_at)
        select overlay(gen_random_uuid()::text placing ? from 1)::uuid,
            site_id, 'TICKET_STATUS_CHANGE', 'ticket', id,
            jsonb_build_object('old_status', d.status, 'new_status', 'closed', 'worker', 'autoclose'),
            jsonb_build_object('status', jsonb_build_object('old', d.status, 'new', 'closed')), ?
        from closed join due d using (id)
    ), mailed as (
        insert into mail_outbox (id, site_id, ticket_id, template, to_address, to_name, facts)
        select overlay(gen_random_uuid()::text placing ? from 1)::uuid,
            site_id, id, ?, email, visitor_name, jsonb_build_object('status_label', coalesce(
                (select s.label from statuses s where s.site_id = c.site_id and s.key = 'closed'), ?))
        from closed c where email is not null
        returning id, site_id
    ), enqueued as (
        insert into jobs (id, kind, queue, site_id, payload, attempts_max)
        select id, ?, ?, site_id, jsonb_build_object('site_id', site_id, 'outbound_id', id), ?
        from mailed
    )
    select count(*) as closed from closed";
