//! Locks the tickets to be given out, then the people who may get them.
//!
//! Tickets come before people everywhere, and each in the order of their ids: whoever changes a ticket ends at its
//! holder's row, and nobody waits in a ring.

use super::rows::{Person, Waiting};
use super::rules::Candidate;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use uuid::Uuid;

/// Those of a site's tickets that nobody has and that still need somebody, oldest id first.
pub(super) async fn lock_waiting(tx: &mut Tx, site: SiteId, tickets: &[TicketId]) -> DbResult<Vec<Waiting>> {
    let ids: Vec<Uuid> = tickets.iter().map(|ticket| ticket.0).collect();
    Ok(sql("select id, ticket_number, status::text as status,
                status_kind::text as status_kind from tickets
            where site_id = ? and id = any(?) and agent_id is null
              and status_kind not in ('resolved', 'closed')
            order by id for no key update")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .get_results(tx.conn())
    .await?)
}

/// The active agents of a site; where it has none, its active admins. Their rows stay locked, so that choosing and
/// counting are one step (A6-13).
pub(super) async fn lock_people(tx: &mut Tx, site: SiteId) -> DbResult<Vec<Person>> {
    let mut people: Vec<Person> = sql(
        "select id, role = 'agent' as is_agent, status::text as status, state::text as state, state_until,
                current_chats, max_chats, open_tickets, last_assigned_at
         from users where site_id = ? and role in ('agent', 'admin') and is_active and not is_banned
         order by id for no key update",
    )
    .bind::<SqlUuid, _>(site.0)
    .get_results(tx.conn())
    .await?;
    agents_first(&mut people);
    Ok(people)
}

/// Those whom `lock_people` would lock, as they stand now.
///
/// # Errors
/// The database is away.
pub async fn people_of(tx: &mut Tx, site: SiteId) -> DbResult<Vec<Candidate>> {
    let mut people: Vec<Person> = sql(
        "select id, role = 'agent' as is_agent, status::text as status, state::text as state, state_until,
                current_chats, max_chats, open_tickets, last_assigned_at
         from users where site_id = ? and role in ('agent', 'admin') and is_active and not is_banned",
    )
    .bind::<SqlUuid, _>(site.0)
    .get_results(tx.conn())
    .await?;
    agents_first(&mut people);
    Ok(people.iter().map(Person::candidate).collect())
}

/// Admins stand in only where there is no agent.
fn agents_first(people: &mut Vec<Person>) {
    if people.iter().any(|person| person.is_agent) {
        people.retain(|person| person.is_agent);
    }
}
