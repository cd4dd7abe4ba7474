//! The outbound ledger, with one Message-ID for all tries:
//!
//! ```text
//! pending ──▶ sending ──▶ sent
//!    ▲           ├──────▶ failed    refused, or given up: parked until somebody tries it again
//!    │           └──────▶ unknown   the server's answer was not heard
//!    └───────────┴─ 1, 5, 15, 60 minutes, at most five tries
//! ```

use super::account::SECRET_FACT;
use super::delivery::{Delivery, columns};
use super::outbound::{CONFIRMATIONS_PER_HOUR, ECHOES_PER_HOUR, Template};
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Json, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{OutboundId, SiteId};
use uuid::Uuid;

/// A mail to be sent, with what its template says of the ticket.
#[derive(Clone, QueryableByName)]
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
    /// Tries that a server or the way to it has failed.
    #[diesel(sql_type = Integer)]
    pub failures: i32,
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
    /// The mail it confirms says once more what the same sender was just sent a confirmation of.
    #[diesel(sql_type = Bool)]
    pub is_echo: bool,
    #[diesel(sql_type = Bool)]
    pub is_site_active: bool,
    /// Nothing reaches the address.
    #[diesel(sql_type = Bool)]
    pub is_dead: bool,
    /// Message-IDs of what was said about the ticket before, the oldest first.
    #[diesel(sql_type = Array<Text>)]
    pub thread: Vec<String>,
    #[diesel(embed)]
    own: OwnText,
    #[diesel(embed)]
    pub delivery: Delivery,
}

/// The site's own version of the mail.
#[derive(Clone, QueryableByName)]
struct OwnText {
    #[diesel(sql_type = Nullable<Text>)]
    own_subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    own_html: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    own_text: Option<String>,
}

impl Outbound {
    /// Whether sending it would help somebody flood a stranger's mailbox, or go on talking with a program.
    #[must_use]
    pub fn is_capped(&self) -> bool {
        let most = if self.is_echo { ECHOES_PER_HOUR } else { CONFIRMATIONS_PER_HOUR };
        Template::parse(&self.template).is_some_and(Template::is_confirmation)
            && self.earlier_confirmations >= most
    }

    /// The site's own version of the mail: subject, HTML and text.
    #[must_use]
    pub fn own_text(&self) -> Option<(&str, &str, &str)> {
        let OwnText { own_subject, own_html, own_text } = &self.own;
        Some((own_subject.as_deref()?, own_html.as_deref()?, own_text.as_deref()?))
    }
}

const LOCK: &str = concat!(
    "select o.id, o.template::text, o.to_address::text, o.to_name, o.facts::json as facts, o.message_id,
         o.in_reply_to, o.state::text, o.failures, t.id as ticket_id, t.ticket_number, t.reference::text, t.subject,
         t.visitor_name, t.status::text, r.body as reply_body, u.name::text as agent_name,
         case when o.template in ('acknowledgement', 'support_form') then
             (select count(*) from mail_outbox e
              where e.site_id = o.site_id and e.to_address = o.to_address and e.id < o.id
                and e.created_at > o.created_at - interval '1 hour'
                and e.template in ('acknowledgement', 'support_form') and e.state <> 'failed')
         else 0 end as earlier_confirmations,
         o.template = 'acknowledgement' and t.source = 'email' and mail_is_echo(o.site_id, o.id) as is_echo,
         exists (select from sites s where s.id = o.site_id and s.is_active) as is_site_active,
         exists (select from mail_addresses_dead a
                 where a.site_id = o.site_id and a.address = lower(o.to_address)) as is_dead,
         array(select said.id from (
                   (select m.message_id as id, m.received_at as at from mail_messages m
                    where m.ticket_id = o.ticket_id and m.message_id is not null and m.outcome in ('ticket', 'reply')
                    order by m.received_at desc limit 10)
                   union all
                   (select e.message_id, e.sent_at from mail_outbox e
                    where e.ticket_id = o.ticket_id and e.to_address = o.to_address and e.state = 'sent'
                      and e.id < o.id and e.message_id is not null
                    order by e.id desc limit 10)) as said
               order by said.at) as thread,
         w.subject as own_subject, w.html as own_html, w.text as own_text, ",
    columns!(),
    " from mail_outbox o
     join tickets t on t.id = o.ticket_id and t.site_id = o.site_id
     left join ticket_replies r on r.id = o.reply_id
     left join users u on u.id = r.user_id
     left join email_templates w on w.site_id = o.site_id and w.key = o.template
     left join email_settings d on d.site_id = o.site_id
     where o.site_id = ? and o.id = ? for update of o"
);

/// The mail, its row locked.
///
/// # Errors
/// The database is away.
pub async fn lock(tx: &mut Tx, site: SiteId, outbound: OutboundId) -> DbResult<Option<Outbound>> {
    let find = sql(LOCK).bind::<SqlUuid, _>(site.0).bind::<SqlUuid, _>(outbound.0);
    let rows: Vec<Outbound> = find.get_results(tx.conn()).await?;
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

/// Why a mail is parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The server refused it for good.
    Refused,
    /// No server took it in five tries.
    Unavailable,
    /// It may have arrived: the server's answer was not heard.
    Unheard,
    /// The address has had its share of confirmations.
    Capped,
    DeadAddress,
    SiteInactive,
    /// Its workers died over it.
    Abandoned,
}

impl Cause {
    pub const ALL: [Cause; 7] = [
        Cause::Refused,
        Cause::Unavailable,
        Cause::Unheard,
        Cause::Capped,
        Cause::DeadAddress,
        Cause::SiteInactive,
        Cause::Abandoned,
    ];

    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Refused => "refused",
            Cause::Unavailable => "unavailable",
            Cause::Unheard => "unheard",
            Cause::Capped => "capped",
            Cause::DeadAddress => "dead_address",
            Cause::SiteInactive => "site_inactive",
            Cause::Abandoned => "abandoned",
        }
    }
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Sent,
    /// To be tried again.
    Pending,
    Failed(Cause),
    /// It may have arrived.
    Unknown,
}

impl Ended {
    const fn state(self) -> &'static str {
        match self {
            Ended::Sent => "sent",
            Ended::Pending => "pending",
            Ended::Failed(_) => "failed",
            Ended::Unknown => "unknown",
        }
    }

    const fn cause(self) -> Option<Cause> {
        match self {
            Ended::Failed(cause) => Some(cause),
            Ended::Unknown => Some(Cause::Unheard),
            Ended::Sent | Ended::Pending => None,
        }
    }
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
    let is_sent = ended == Ended::Sent;
    sql("update mail_outbox set state = ?, cause = ?, last_error = ?,
             failures = failures + case when ? then 0 else 1 end,
             sent_at = case when ? then now() else sent_at end,
             facts = case when ? then facts - ? else facts end
         where site_id = ? and id = ?")
    .bind::<Text, _>(ended.state())
    .bind::<Nullable<Text>, _>(ended.cause().map(Cause::as_str))
    .bind::<Nullable<Text>, _>(error)
    .bind::<Bool, _>(is_sent)
    .bind::<Bool, _>(is_sent)
    .bind::<Bool, _>(is_sent)
    .bind::<Text, _>(SECRET_FACT)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(outbound.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}
