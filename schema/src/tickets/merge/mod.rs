//! Two tickets about one matter become one, and two again within a day.
//!
//! What was said in the source moves to the target: its replies, its files, the people who take part, and its opening
//! words as a reply of its requester. The source is closed and points to the target; mails to it arrive there
//! (`ticket_head`). [`undo`] moves back what the merge moved, exactly: what came later stays where it came.

mod join;
mod undo;

pub use join::merge;
pub use undo::{UNDONE_WITHIN, undo};

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use uuid::Uuid;

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    id: Option<Uuid>,
}

/// The ticket that stands for this one: itself, or at the end of its merges.
pub(super) async fn head(tx: &mut Tx, site: SiteId, ticket: TicketId) -> DbResult<TicketId> {
    let head: Head = sql("select ticket_head(?, ?) as id")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(ticket.0)
        .get_result(tx.conn())
        .await?;
    Ok(head.id.map_or(ticket, TicketId))
}
