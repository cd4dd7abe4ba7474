//! Gives tickets to the least busy agents of their site.

use super::reads::{lock_people, lock_waiting};
use super::rows::Waiting;
use super::rules::{Candidate, least_busy};
use crate::audit::Entry;
use crate::notifications::{Kind, Notice, assigned_text, notify};
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, SiteId, TicketId, UserId, routing};
use serde_json::json;
use uuid::Uuid;

/// How long a ticket that nobody can take waits for the next try.
pub const TRIES_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(60);

/// A ticket and who gets it.
struct Given<'a> {
    ticket: &'a Waiting,
    agent: Uuid,
    /// A microsecond after the one before it, so that "longest without an assignment" tells a batch's agents apart.
    at: DateTime<Utc>,
}

/// Gives each of these tickets of a site that nobody has to the agent who is least busy at that point, and returns
/// those that nobody can take now. Tickets that are settled, taken or unknown are passed over.
///
/// # Errors
/// The database is away.
pub async fn route(
    tx: &mut Tx,
    site: SiteId,
    tickets: &[TicketId],
    now: DateTime<Utc>,
) -> DbResult<Vec<TicketId>> {
    let waiting = lock_waiting(tx, site, tickets).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let people = lock_people(tx, site).await?;
    let able: Vec<Candidate> =
        people.iter().map(|person| person.candidate()).filter(|candidate| candidate.can_take(now)).collect();
    let given = give_out(&waiting, able, now);
    if given.is_empty() {
        return Ok(waiting.iter().map(|ticket| TicketId(ticket.id)).collect());
    }
    assign(tx, site, &given, now).await?;
    notify(tx, &given.iter().map(|given| given.notice(site)).collect::<Vec<_>>(), now).await?;
    given.iter().flat_map(|given| given.entries(site, now)).for_each(|entry| tx.audit(entry));
    Ok(Vec::new())
}

/// The next try for a ticket that nobody could take; one per ticket.
#[must_use]
pub fn try_again_job(site: SiteId, ticket: TicketId, now: DateTime<Utc>) -> NewJob {
    NewJob::of(&routing::Route { site_id: site, ticket_id: ticket })
        .at(now + TRIES_AGAIN_AFTER)
        .unless_pending(format!("ticket.route:{ticket}"))
}

/// Somebody who can take one can take all: open tickets make an agent busier, never full.
fn give_out(waiting: &[Waiting], mut able: Vec<Candidate>, now: DateTime<Utc>) -> Vec<Given<'_>> {
    let mut given = Vec::with_capacity(waiting.len());
    let mut at = now;
    for ticket in waiting {
        let Some(agent) = least_busy(&able) else { break };
        given.push(Given { ticket, agent, at });
        for chosen in able.iter_mut().filter(|candidate| candidate.id == agent) {
            chosen.queued += 1;
            chosen.last_assigned_at = Some(at);
        }
        at += TimeDelta::microseconds(1);
    }
    given
}

/// A trigger counts the agents' open tickets.
async fn assign(tx: &mut Tx, site: SiteId, given: &[Given<'_>], now: DateTime<Utc>) -> DbResult<()> {
    sql("with given as materialized (select * from unnest(?, ?, ?, ?) as g(ticket, agent, status, at)),
              named as (update users u set last_assigned_at = l.at
                        from (select agent, max(at) as at from given group by agent) as l
                        where u.site_id = ? and u.id = l.agent)
         update tickets t set agent_id = g.agent, status = g.status, updated_at = ?
         from given g where t.site_id = ? and t.id = g.ticket")
    .bind::<Array<SqlUuid>, _>(given.iter().map(|given| given.ticket.id).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(given.iter().map(|given| given.agent).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(given.iter().map(|given| given.ticket.status_when_taken()).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(given.iter().map(|given| given.at).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(site.0)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

impl Given<'_> {
    fn notice(&self, site: SiteId) -> Notice {
        Notice {
            site_id: site,
            kind: Kind::TicketAssigned,
            ticket_id: TicketId(self.ticket.id),
            text: assigned_text(self.ticket.ticket_number),
            user_id: Some(UserId(self.agent)),
        }
    }

    /// Who has it now, and where it stands if that changed.
    fn entries(&self, site: SiteId, now: DateTime<Utc>) -> Vec<Entry> {
        let entry = |action| Entry::of_ticket(site, TicketId(self.ticket.id), action, now);
        let (old, new) = (self.ticket.status.as_str(), self.ticket.status_when_taken());
        let mut entries = vec![Entry {
            changes: json!({ "agent_id": { "old": null, "new": self.agent } }),
            ..entry("TICKET_ASSIGN").with(json!({ "agent_id": self.agent, "worker": "routing" }))
        }];
        if old != new {
            let details = json!({ "old_status": old, "new_status": new, "worker": "routing" });
            let changes = json!({ "status": { "old": old, "new": new } });
            entries.push(Entry { changes, ..entry("TICKET_STATUS_CHANGE").with(details) });
        }
        entries
    }
}
