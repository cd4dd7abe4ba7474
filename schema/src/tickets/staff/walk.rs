//! Moving a ticket to one of the family's four words: along the table's steps, or past it out of `closed` (B12-37).

use crate::audit::Entry;
use crate::pool::{DbError, Tx};
use crate::sites::Settings;
use crate::sql::sql;
use crate::tickets::rules::{FormRoute, FormStatus, Status, form_route};
use crate::tickets::status::{By, NotChanged, change};
use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use serde_json::json;

/// Why the ticket stayed where it was.
#[derive(Debug, thiserror::Error)]
pub enum NotWalked {
    #[error(transparent)]
    Step(#[from] NotChanged),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Walks to `word` in an open transaction: one audit entry a step, and only the last step's mail.
///
/// # Errors
/// See [`NotWalked`]; the transaction is then to be given up.
pub async fn walk(
    tx: &mut Tx,
    site: &Settings,
    ticket: TicketId,
    from: Status,
    word: FormStatus,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), NotWalked> {
    match form_route(from, word) {
        FormRoute::Stay => Ok(()),
        FormRoute::Steps(steps) => {
            let last = steps.len().saturating_sub(1);
            for (at, step) in steps.into_iter().enumerate() {
                change(tx, site, ticket, step, by, now).await?;
                if at < last {
                    tx.forget_mails();
                }
            }
            Ok(())
        }
        FormRoute::Override(to) => Ok(jump(tx, site.id, ticket, (from, to), by, now).await?),
    }
}

async fn jump(
    tx: &mut Tx,
    site: SiteId,
    ticket: TicketId,
    (from, to): (Status, Status),
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sql("update tickets set status = ?, updated_at = ?,
             resolved_at = case when ? = 'resolved' then ? else null end
         where site_id = ? and id = ?")
    .bind::<Text, _>(to.as_str())
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(to.as_str())
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(ticket.0)
    .execute(tx.conn())
    .await?;
    let details = json!({ "old_status": from, "new_status": to });
    tx.audit(Entry::of(site, by, "TICKET_STATUS_OVERRIDE", ("ticket", ticket.0), now).with(details));
    Ok(())
}
