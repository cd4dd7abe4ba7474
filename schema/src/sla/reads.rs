//! Finds and locks the tickets whose deadline is looked at.

use super::rows::Row;
use super::rules::WARNS_BEFORE;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use uuid::Uuid;

/// Locks these tickets of a site, in the order of their ids, so that no two callers wait for each other.
pub(super) async fn lock(tx: &mut Tx, site: SiteId, tickets: &[TicketId]) -> DbResult<Vec<Row>> {
    let ids: Vec<Uuid> = tickets.iter().map(|ticket| ticket.0).collect();
    Ok(sql("select id, site_id, ticket_number, agent_id, status_kind::text as status_kind, sla_due_date,
                   sla_paused_at is not null as sla_paused, sla_breach_notified, sla_breached
            from tickets where site_id = ? and id = any(?) order by id for no key update")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .get_results(tx.conn())
    .await?)
}

/// Locks at most `limit` tickets, of all sites, that are owed a warning or a breach. Those that somebody else
/// holds are left to them.
pub(super) async fn lock_missed(tx: &mut Tx, limit: i64, now: DateTime<Utc>) -> DbResult<Vec<Row>> {
    Ok(sql("select x.* from sites s cross join lateral (
                select t.id, t.site_id, t.ticket_number, t.agent_id, t.status_kind::text as status_kind, t.sla_due_date,
                       t.sla_paused_at is not null as sla_paused, t.sla_breach_notified, t.sla_breached
                from tickets t
                where t.site_id = s.id and t.sla_due_date is not null and t.status_kind not in ('resolved', 'closed')
                  and t.sla_paused_at is null and not t.sla_breached and t.sla_due_date <= ?
                  and (t.sla_due_date < ? or (t.sla_due_date > ? and not t.sla_breach_notified))
                order by t.sla_due_date limit ? for no key update skip locked) as x
            limit $4")
    .bind::<Timestamptz, _>(now + WARNS_BEFORE)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .get_results(tx.conn())
    .await?)
}
