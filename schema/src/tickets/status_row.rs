//! The columns of a ticket that a change of status reads and writes.

use super::rules::{Priority, Status};
use super::status::Next;
use crate::pool::{DbError, DbResult, Tx};
use crate::sla::rules::{Clock, Standing};
use crate::sql::sql;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::QueryableByName;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use uuid::Uuid;

/// A ticket locked by the open transaction.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub priority: String,
    #[diesel(sql_type = Text)]
    pub visitor_name: String,
    /// Where the customer is reached.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub resolved_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_due_date: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_paused_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub sla_remaining_seconds: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub sla_paused_seconds: i64,
    #[diesel(sql_type = Bool)]
    pub sla_breach_notified: bool,
    #[diesel(sql_type = Bool)]
    pub sla_breached: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_breach_time: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    pub settings_version: i64,
}

/// Locks one ticket of a site; none if the site has no such ticket.
pub(super) async fn lock(tx: &mut Tx, site: SiteId, ticket: TicketId) -> DbResult<Option<Row>> {
    let rows: Vec<Row> = sql(
        "select t.id, t.site_id, t.ticket_number, t.status::text as status, t.priority::text as priority,
                t.visitor_name, coalesce(nullif(t.visitor_email, ''), nullif(v.email, ''))::text as email,
                t.resolved_at, t.closed_at, t.sla_due_date, t.sla_paused_at, t.sla_remaining_seconds,
                t.sla_paused_seconds, t.sla_breach_notified, t.sla_breached, t.sla_breach_time,
                s.settings_version
         from tickets t join sites s on s.id = t.site_id left join visitors v on v.id = t.visitor_id
         where t.site_id = ? and t.id = ? for no key update of t",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

impl Row {
    /// # Errors
    /// The row holds a status that no rule knows.
    pub fn status(&self) -> DbResult<Status> {
        let unknown = || format!("ticket {} has the unknown status {:?}", self.id, self.status);
        Status::parse(&self.status)
            .ok_or_else(|| DbError::Query(DieselError::DeserializationError(unknown().into())))
    }

    pub fn priority(&self) -> Option<Priority> {
        Priority::parse(&self.priority)
    }

    /// The clock as the row has it.
    pub fn clock(&self) -> Clock {
        let standing = self.sla_paused_at.zip(self.sla_remaining_seconds);
        Clock {
            due: self.sla_due_date,
            standing: standing
                .map(|(since, seconds)| Standing { since, remaining: TimeDelta::seconds(seconds) }),
            stood: TimeDelta::seconds(self.sla_paused_seconds),
        }
    }

    pub fn site(&self) -> SiteId {
        SiteId(self.site_id)
    }

    pub fn ticket(&self) -> TicketId {
        TicketId(self.id)
    }

    pub async fn update(&self, tx: &mut Tx, next: &Next) -> DbResult<()> {
        sql("update tickets
             set status = ?, updated_at = ?, resolved_at = ?, closed_at = ?, sla_due_date = ?,
                 sla_paused_at = ?, sla_remaining_seconds = ?, sla_paused_seconds = ?, sla_breach_notified = ?, sla_breached = ?, sla_breach_time = ?
             where site_id = ? and id = ?")
        .bind::<Text, _>(next.status.as_str())
        .bind::<Timestamptz, _>(next.stamps.updated_at)
        .bind::<Nullable<Timestamptz>, _>(next.stamps.resolved_at)
        .bind::<Nullable<Timestamptz>, _>(next.stamps.closed_at)
        .bind::<Nullable<Timestamptz>, _>(next.clock.due)
        .bind::<Nullable<Timestamptz>, _>(next.clock.standing.map(|standing| standing.since))
        .bind::<Nullable<BigInt>, _>(next.clock.standing.map(|standing| standing.remaining.num_seconds()))
        .bind::<BigInt, _>(next.clock.stood.num_seconds())
        .bind::<Bool, _>(next.sla_breach_notified)
        .bind::<Bool, _>(next.sla_breached)
        .bind::<Nullable<Timestamptz>, _>(next.sla_breach_time)
        .bind::<SqlUuid, _>(self.site_id)
        .bind::<SqlUuid, _>(self.id)
        .execute(tx.conn())
        .await?;
        Ok(())
    }
}
