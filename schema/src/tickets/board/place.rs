//! Putting a card somewhere: in another column, which is a change of status and obeys the site's table, and between
//! two others.

use super::columns::{cards_after, rank};
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::hand::{Conflict, Hand, Refused, What};
use crate::tickets::rules::{Rank, Slot, StatusKey};
use crate::tickets::status::{Warrant, step};
use crate::tickets::status_row::Row;
use crate::tickets::view::{Record, record};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::TicketId;
use serde_json::json;
use uuid::Uuid;

/// Where a card is put. Without a neighbour it is put on top.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The column; none for the one it is in.
    pub status: Option<StatusKey>,
    /// The card right above it.
    pub above: Option<TicketId>,
    /// The card right below it.
    pub below: Option<TicketId>,
}

/// Puts a card at a place. A refused change of column moves nothing.
///
/// # Errors
/// See [`Refused`].
pub async fn place(db: &Db, hand: &Hand<'_>, ticket: TicketId, place: &Place) -> Result<Record, Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = hand.lay(&mut tx, ticket).await?;
    let column = match &place.status {
        Some(to) if to.as_str() != row.status => {
            step(&mut tx, hand.site, &row, to, Warrant::Role(hand.role), hand.by, hand.now).await?.new
        }
        _ => row.standing().key,
    };
    let slot = slot(&mut tx, &row, &column, place).await?;
    let rank = slot.rank(hand.now, row.id).ok_or(Refused::Conflict(Conflict::Crowded))?;
    put(&mut tx, hand, &row, &rank).await?;
    let record = record(&mut tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
    tx.commit().await?;
    Ok(record)
}

/// The gap that is meant. Of one neighbour the other is whoever stands next to it.
async fn slot(tx: &mut Tx, row: &Row, column: &StatusKey, place: &Place) -> Result<Slot, Refused> {
    let above = neighbour(tx, row, column, place.above).await?;
    let below = neighbour(tx, row, column, place.below).await?;
    Ok(match (above, below) {
        (Some(above), None) => Slot { below: next_below(tx, row, column, &above).await?, above: Some(above) },
        (None, Some(below)) => Slot { above: next_above(tx, row, column, &below).await?, below: Some(below) },
        (None, None) => Slot { above: None, below: top(tx, row, column).await? },
        (above, below) => Slot { above, below },
    })
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    board_rank: Option<String>,
}

impl Standing {
    fn rank(&self) -> Rank {
        let moved = self.board_rank.as_deref().and_then(Rank::parse);
        moved.unwrap_or_else(|| Rank::of(self.created_at, self.id))
    }
}

/// The rank of a card that the caller names. It must be there; one that has left the column meanwhile still says where.
async fn neighbour(
    tx: &mut Tx,
    row: &Row,
    _column: &StatusKey,
    named: Option<TicketId>,
) -> Result<Option<Rank>, Refused> {
    let Some(named) = named.filter(|named| named.0 != row.id) else { return Ok(None) };
    let rows: Vec<Standing> =
        sql("select id, created_at, board_rank from tickets where site_id = ? and id = ?")
            .bind::<SqlUuid, _>(row.site_id)
            .bind::<SqlUuid, _>(named.0)
            .get_results(tx.conn())
            .await?;
    let found = rows.into_iter().next().ok_or(Refused::Unknown(What::Ticket))?;
    Ok(Some(found.rank()))
}

async fn top(tx: &mut Tx, row: &Row, column: &StatusKey) -> DbResult<Option<Rank>> {
    first(tx, row, column, None).await
}

async fn next_below(tx: &mut Tx, row: &Row, column: &StatusKey, above: &Rank) -> DbResult<Option<Rank>> {
    first(tx, row, column, Some(above)).await
}

/// The first card below a place, besides the one that is moved.
async fn first(tx: &mut Tx, row: &Row, column: &StatusKey, after: Option<&Rank>) -> DbResult<Option<Rank>> {
    let cards = cards_after(tx, row.site(), &[column.as_str()], after, 2).await?;
    Ok(cards.iter().filter(|card| card.id != row.id).map(rank).min())
}

/// The last card above a place, besides the one that is moved.
async fn next_above(tx: &mut Tx, row: &Row, column: &StatusKey, below: &Rank) -> DbResult<Option<Rank>> {
    let (at, id, is_older) = below.age();
    let rows: Vec<Standing> = sql(
        "with given as (select ?::uuid as site, ?::text as status, ?::uuid as moved, ?::text as rank, ?::timestamptz as at,
             ?::uuid as id, ?::boolean as older)
         (select t.id, t.created_at, t.board_rank from tickets t
          where t.site_id = $1 and t.status = $2 and t.id <> $3 and t.board_rank is not null and t.board_rank < $4
          order by t.board_rank desc, t.id desc limit 1)
         union all
         (select t.id, t.created_at, t.board_rank from tickets t
          where t.site_id = $1 and t.status = $2 and t.id <> $3 and t.board_rank is null
            and (t.created_at, t.id) >= ($5, $6) and ($7 or (t.created_at, t.id) > ($5, $6))
          order by t.created_at, t.id limit 2)",
    )
    .bind::<SqlUuid, _>(row.site_id)
    .bind::<Text, _>(column.as_str())
    .bind::<SqlUuid, _>(row.id)
    .bind::<Text, _>(below.as_str())
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(is_older)
    .get_results(tx.conn())
    .await?;
    Ok(rows.iter().map(Standing::rank).filter(|rank| rank < below).max())
}

async fn put(tx: &mut Tx, hand: &Hand<'_>, row: &Row, rank: &Rank) -> DbResult<()> {
    sql("update tickets set board_rank = ? where site_id = ? and id = ?")
        .bind::<Text, _>(rank.as_str())
        .bind::<SqlUuid, _>(row.site_id)
        .bind::<SqlUuid, _>(row.id)
        .execute(tx.conn())
        .await?;
    let entry = Entry::of(hand.site.id, hand.by, "TICKET_PLACE", ("ticket", row.id), hand.now);
    tx.audit(entry.with(json!({ "rank": rank.as_str() })));
    Ok(())
}
