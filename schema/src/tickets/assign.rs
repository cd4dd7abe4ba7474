//! Giving a ticket to somebody, or to nobody.

use super::hand::{Hand, Refused, What};
use super::rules::{Kind, Status};
use super::status::{Warrant, step};
use super::status_row::Row;
use super::view::{Record, record};
use crate::audit::Entry;
use crate::notifications::{self, Notice, assigned_text, notify};
use crate::pool::{Db, Scope, Tx};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{TicketId, UserId};
use serde_json::json;
use uuid::Uuid;

/// Gives a ticket to an active agent or admin of its site, who is told of it; a new one is open from then on (A8-14).
/// To whom it belongs already it is not given again.
///
/// # Errors
/// See [`Refused`].
pub async fn assign(
    db: &Db,
    hand: &Hand<'_>,
    ticket: TicketId,
    agent: Option<UserId>,
) -> Result<Record, Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = hand.lay(&mut tx, ticket).await?;
    give(&mut tx, hand, &row, agent).await?;
    let record = record(&mut tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
    tx.commit().await?;
    Ok(record)
}

/// The same for a ticket that is locked already.
///
/// # Errors
/// See [`Refused`].
pub async fn give(tx: &mut Tx, hand: &Hand<'_>, row: &Row, agent: Option<UserId>) -> Result<(), Refused> {
    let agent = agent.map(|agent| agent.0);
    if row.agent_id == agent {
        return Ok(());
    }
    if let Some(agent) = agent {
        name(tx, hand, agent).await?;
    }
    sql("update tickets set agent_id = ?, updated_at = ? where site_id = ? and id = ?")
        .bind::<Nullable<SqlUuid>, _>(agent)
        .bind::<Timestamptz, _>(hand.now)
        .bind::<SqlUuid, _>(row.site_id)
        .bind::<SqlUuid, _>(row.id)
        .execute(tx.conn())
        .await?;
    let entry = Entry::of(hand.site.id, hand.by, "TICKET_ASSIGN", ("ticket", row.id), hand.now);
    let changes = json!({ "agent_id": { "old": row.agent_id, "new": agent } });
    tx.audit(Entry { changes, ..entry.with(json!({ "agent_id": agent })) });
    let Some(agent) = agent else { return Ok(()) };
    if row.standing().kind == Kind::New {
        step(tx, hand.site, row, &Status::Open.into(), Warrant::Rules, hand.by, hand.now).await?;
    }
    let notice = Notice {
        site_id: hand.site.id,
        kind: notifications::Kind::TicketAssigned,
        ticket_id: row.ticket(),
        text: assigned_text(row.ticket_number),
        user_id: Some(UserId(agent)),
    };
    Ok(notify(tx, &[notice], hand.now).await?)
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "that there is one says it all")]
    id: Uuid,
}

/// Notes the assignment at the agent, whose turn is over for now (A6-14).
async fn name(tx: &mut Tx, hand: &Hand<'_>, agent: Uuid) -> Result<(), Refused> {
    let named: Vec<Named> = sql("update users set last_assigned_at = ? where site_id = ? and id = ?
         and role in ('agent', 'admin') and is_active and not is_banned returning id")
    .bind::<Timestamptz, _>(hand.now)
    .bind::<SqlUuid, _>(hand.site.id.0)
    .bind::<SqlUuid, _>(agent)
    .get_results(tx.conn())
    .await?;
    if named.is_empty() { Err(Refused::Unknown(What::Agent)) } else { Ok(()) }
}
