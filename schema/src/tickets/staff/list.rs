//! Lists of tickets in the family's columns (B12-53, B12-69, B12-70, B12-76): which of them, [`Lists`] says.

use super::rows::{StaffTicket, staff_columns, staff_joins};
use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use crate::tickets::list::{Filter, Lists, Slice};
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// One page of a scope's tickets, and how many there are, counted up to a bound.
///
/// # Errors
/// The database is away.
pub async fn list(
    db: &Db,
    lists: &Lists,
    scope: Scope,
    filter: &Filter,
    slice: Slice,
) -> DbResult<(Vec<StaffTicket>, i64)> {
    let listed = lists.page(scope, filter, slice).await?;
    let ids: Vec<Uuid> = listed.cards.iter().map(|card| card.id).collect();
    let mut tx = db.begin(scope).await?;
    let rows = sql(concat!(
        "select ",
        staff_columns!(),
        " from unnest(?::uuid[]) with ordinality as page(id, place) join tickets t on t.id = page.id ",
        staff_joins!(),
        " order by page.place"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok((rows, listed.total))
}
