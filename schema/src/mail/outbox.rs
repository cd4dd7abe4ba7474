//! The outbound ledger: pending → sending → sent | failed | unknown, with one Message-ID for all tries.

use super::account::SECRET_FACT;
use super::outbound::{CONFIRMATIONS_PER_HOUR, Template};
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Json, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{OutboundId, SiteId};
use uuid::Uuid;

/// A mail to be sent, with what its template says of the ticket.
#[derive(Clone, Debug, QueryableByName)]
pub struct Outbound {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = Text)]
    pub to_address: String,
    #[diesel(sql_type = Text)]
    pub to_name: String,
    #[diesel(sql_type = Json)]
    pub facts: serde_json::Value,
    #[diesel(sql_type = Nullable<Text>)]
    pub message_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub in_reply_to: Option<String>,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Text)]
    pub visitor_name: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub reply_body: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub agent_name: Option<String>,
    /// Confirmations that this address got or is getting from this site in the hour before this one.
    #[diesel(sql_type = BigInt)]
    pub earlier_confirmations: i64,
}

impl Outbound {
    /// Whether sending it would help somebody flood a stranger's mailbox.
    #[must_use]
    pub fn is_capped(&self) -> bool {
        Template::parse(&self.template).is_some_and(Template::is_confirmation)
            && self.earlier_confirmations >= CONFIRMATIONS_PER_HOUR
    }
}

/// The mail, its row locked.
///
/// # Errors
/// The database is away.
pub async fn lock(tx: &mut Tx, site: SiteId, outbound: OutboundId) -> DbResult<Option<Outbound>> {
    let rows: Vec<Outbound> = sql(
        "select o.id, o.template::text, o.to_address::text, o.to_name, o.facts::json as facts, o.message_id,
             o.in_reply_to, o.state::text, t.id as ticket_id, t.ticket_number, t.reference::text, t.subject,
             t.visitor_name, t.status::text, r.body as reply_body, u.name::text as agent_name,
             case when o.template in ('acknowledgement', 'support_form') then
                 (select count(*) from mail_outbox e
                  where e.site_id = o.site_id and e.to_address = o.to_address and e.id < o.id
                    and e.created_at > o.created_at - interval '1 hour'
                    and e.template in ('acknowledgement', 'support_form') and e.state <> 'failed')
             else 0 end as earlier_confirmations
         from mail_outbox o
         join tickets t on t.id = o.ticket_id and t.site_id = o.site_id
         left join ticket_replies r on r.id = o.reply_id
         left join users u on u.id = r.user_id
         where o.site_id = ? and o.id = ? for update of o",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(outbound.0)
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next())
}

/// Begins a try under a Message-ID that stays. A try that was begun before and never ended is a repeat.
///
/// # Errors
/// The database is away.
pub async fn begin(tx: &mut Tx, site: SiteId, outbound: OutboundId, message_id: &str) -> DbResult<()> {
    sql("update mail_outbox set message_id = ?, attempts = attempts + 1,
             repeats = repeats + case when state in ('sending', 'unknown') then 1 else 0 end, state = 'sending'
         where site_id = ? and id = ?")
    .bind::<Text, _>(message_id)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(outbound.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Sent,
    /// To be tried again.
    Pending,
    Failed,
    /// It may have arrived.
    Unknown,
}

/// Records how a try ended. A mail that was sent keeps no secret.
///
/// # Errors
/// The database is away.
pub async fn end(
    tx: &mut Tx,
    site: SiteId,
    outbound: OutboundId,
    ended: Ended,
    error: Option<&str>,
) -> DbResult<()> {
    let state = match ended {
        Ended::Sent => "sent",
        Ended::Pending => "pending",
        Ended::Failed => "failed",
        Ended::Unknown => "unknown",
    };
    sql("update mail_outbox set state = ?, last_error = ?,
             sent_at = case when ? then now() else sent_at end,
             facts = case when ? then facts - ? else facts end
         where site_id = ? and id = ?")
    .bind::<Text, _>(state)
    .bind::<Nullable<Text>, _>(error)
    .bind::<Bool, _>(ended == Ended::Sent)
    .bind::<Bool, _>(ended == Ended::Sent)
    .bind::<Text, _>(SECRET_FACT)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(outbound.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}
