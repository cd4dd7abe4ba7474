//! Moving a ticket to one of the family's four words: along the table's steps, or past it out of `closed` (B12-37).

use crate::pool::Tx;
use crate::tickets::hand::{Hand, Refused};
use crate::tickets::rules::{FormRoute, FormStatus, Status, form_route};
use crate::tickets::status::{Warrant, step};
use crate::tickets::status_row::lock;
use jobs::TicketId;

/// Walks to `word` in an open transaction: one audit entry a step, and only the last step's mail.
///
/// # Errors
/// See [`Refused`]; the transaction is then to be given up.
pub async fn walk(tx: &mut Tx, hand: &Hand<'_>, ticket: TicketId, word: FormStatus) -> Result<(), Refused> {
    let row = hand.lay(tx, ticket).await?;
    // A status that a site invented stands in no table of ours.
    let from = Status::parse(&row.status);
    let (steps, warrant) = match from.map(|from| form_route(from, word)) {
        Some(FormRoute::Stay) => (Vec::new(), Warrant::Table),
        Some(FormRoute::Steps(steps)) => (steps, Warrant::Table),
        Some(FormRoute::Override(to)) => (vec![to], Warrant::Override),
        None => (vec![word.inward()], Warrant::Override),
    };
    let last = steps.len().saturating_sub(1);
    for (at, to) in steps.into_iter().enumerate() {
        let row = lock(tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
        step(tx, hand.site, &row, &to.into(), warrant, hand.by, hand.now).await?;
        if at < last {
            tx.forget_mails();
        }
    }
    Ok(())
}
