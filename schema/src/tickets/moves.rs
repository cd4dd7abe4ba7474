//! Changing a ticket's status by hand: one at a time, or the same for many.

use super::hand::{Hand, Refused};
use super::rules::StatusKey;
use super::status::{Warrant, step};
use super::view::{Record, record};
use crate::pool::{Db, Scope};
use jobs::TicketId;

/// Takes a ticket to another status, as far as the site's table lets the caller's role.
///
/// # Errors
/// See [`Refused`].
pub async fn move_to(db: &Db, hand: &Hand<'_>, ticket: TicketId, to: &StatusKey) -> Result<Record, Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = hand.lay(&mut tx, ticket).await?;
    step(&mut tx, hand.site, &row, to, Warrant::Role(hand.role), hand.by, hand.now).await?;
    let record = record(&mut tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
    tx.commit().await?;
    Ok(record)
}
