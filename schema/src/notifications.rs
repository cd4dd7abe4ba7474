//! Notifications: what a person of the desk should hear of, kept until it is read (B15).
//!
//! An act writes them in its own transaction, so that a notification exists if and only if what it tells has
//! happened. Showing them, counting the unread and pushing them to a browser are not done here.

use crate::pool::{DbResult, Tx, to_json};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Json, Timestamptz};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId, UserId};
use serde::Serialize;

/// What a notification is about; the names stand in the database and on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    SlaWarning,
    SlaBreach,
    TicketAssigned,
}

/// One notification about a ticket.
#[derive(Clone, Debug, Serialize)]
pub struct Notice {
    pub site_id: SiteId,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub ticket_id: TicketId,
    /// Turkish, as it is shown.
    pub text: String,
    /// None for every active admin of the site.
    pub user_id: Option<UserId>,
}

/// Tells an agent which ticket is theirs now.
#[must_use]
pub fn assigned_text(ticket_number: i64) -> String {
    format!("Size yeni bir ticket atandı: #{ticket_number}")
}

/// Writes one row per person who is to hear of it. A site without admins hears nothing.
///
/// # Errors
/// The database is away.
pub async fn notify(tx: &mut Tx, notices: &[Notice], now: DateTime<Utc>) -> DbResult<()> {
    if notices.is_empty() {
        return Ok(());
    }
    sql("with given as materialized (
             select * from json_to_recordset(?)
                 as n(site_id uuid, user_id uuid, type text, ticket_id uuid, text text)
         )
         insert into notifications (site_id, user_id, type, ticket_id, text, created_at)
         select h.site_id, h.user_id, h.type, h.ticket_id, h.text, ?
         from (select site_id, user_id, type, ticket_id, text from given where user_id is not null
               union all
               select g.site_id, u.id, g.type, g.ticket_id, g.text from given g
               join users u on u.site_id = g.site_id and u.role = 'admin' and u.is_active
               where g.user_id is null) as h")
    .bind::<Json, _>(to_json(&notices))
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
