//! Reading the board.

use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::rules::Rank;
use crate::tickets::view::{CARD, Card, JOINS};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// A column's cards are counted so far.
pub const COLUMN_COUNT_MAX: i64 = 1_000;
/// Columns of a board.
const COLUMNS_MAX: i64 = 50;

/// One status and its cards.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub status: String,
    pub label: String,
    pub color: String,
    pub kind: String,
    pub position: i32,
    /// All its cards, or as many as were counted.
    pub total: i64,
    pub total_is_exact: bool,
    pub cards: Vec<Card>,
    /// Where its next page begins; none after the last.
    pub next: Option<Rank>,
}

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    label: String,
    #[diesel(sql_type = Text)]
    color: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// Every column that is offered or has cards, in order, each with its first cards.
///
/// # Errors
/// The database is away.
pub async fn board(db: &Db, site: SiteId, limit: i64) -> DbResult<Vec<Column>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let heads = heads(&mut tx, site, None).await?;
    let columns = filled(&mut tx, site, heads, None, limit).await?;
    tx.commit().await?;
    Ok(columns)
}

/// One column from a place on; none if the site has no such status.
///
/// # Errors
/// The database is away.
pub async fn find_column(
    db: &Db,
    site: SiteId,
    status: &str,
    after: Option<&Rank>,
    limit: i64,
) -> DbResult<Option<Column>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let heads = heads(&mut tx, site, Some(status)).await?;
    let columns = filled(&mut tx, site, heads, after, limit).await?;
    tx.commit().await?;
    Ok(columns.into_iter().next())
}

async fn heads(tx: &mut Tx, site: SiteId, only: Option<&str>) -> DbResult<Vec<Head>> {
    let heads: Vec<Head> = sql(
        "select s.key::text as key, s.label, s.color::text as color, s.kind::text as kind, s.position, c.total
         from statuses s
         cross join lateral (select count(*) as total from (
             select from tickets t where t.site_id = s.site_id and t.status = s.key limit ?) as t) as c
         where s.site_id = ? and (?::text is null or s.key = $3) and (not s.retired or c.total > 0 or s.key = $3)
         order by s.position, s.key limit ?",
    )
    .bind::<BigInt, _>(COLUMN_COUNT_MAX + 1)
    .bind::<SqlUuid, _>(site.0)
    .bind::<Nullable<Text>, _>(only)
    .bind::<BigInt, _>(COLUMNS_MAX)
    .get_results(tx.conn())
    .await?;
    Ok(heads)
}

async fn filled(
    tx: &mut Tx,
    site: SiteId,
    heads: Vec<Head>,
    after: Option<&Rank>,
    limit: i64,
) -> DbResult<Vec<Column>> {
    let statuses: Vec<&str> = heads.iter().map(|head| head.key.as_str()).collect();
    let mut cards: HashMap<String, Vec<(Rank, Card)>> = HashMap::new();
    for card in cards_after(tx, site, &statuses, after, limit + 1).await? {
        cards.entry(card.status.clone()).or_default().push((rank(&card), card));
    }
    let columns = heads.into_iter().map(|head| {
        let cards = cards.remove(&head.key).unwrap_or_default();
        column(head, cards, limit)
    });
    Ok(columns.collect())
}

fn column(head: Head, mut cards: Vec<(Rank, Card)>, limit: i64) -> Column {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    cards.sort_by(|(one, card), (other, another)| one.cmp(other).then(card.id.cmp(&another.id)));
    let has_more = cards.len() > limit;
    cards.truncate(limit);
    let next = cards.last().filter(|_| has_more).map(|(rank, _)| rank.clone());
    Column {
        status: head.key,
        label: head.label,
        color: head.color,
        kind: head.kind,
        position: head.position,
        total: head.total.min(COLUMN_COUNT_MAX),
        total_is_exact: head.total <= COLUMN_COUNT_MAX,
        cards: cards.into_iter().map(|(_, card)| card).collect(),
        next,
    }
}

/// Where a card stands.
pub(super) fn rank(card: &Card) -> Rank {
    let moved = card.board_rank.as_deref().and_then(Rank::parse);
    moved.unwrap_or_else(|| Rank::of(card.created_at, card.id))
}

/// The first cards of some columns below a place: of the moved ones and of the others each as many as are wanted, so
/// that the first of both are among them.
pub(super) async fn cards_after(
    tx: &mut Tx,
    site: SiteId,
    statuses: &[&str],
    after: Option<&Rank>,
    limit: i64,
) -> DbResult<Vec<Card>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "with given as (select ?::uuid as site, ?::text[] as statuses, ?::text as rank, ?::timestamptz as at,
                 ?::uuid as id, ?::boolean as older, ?::bigint as wanted),
             found as (
                 select x.id from unnest($2::text[]) as s(status)
                 cross join lateral (select t.id from tickets t
                     where t.site_id = $1 and t.status = s.status and t.board_rank is not null and t.board_rank > $3
                     order by t.board_rank, t.id limit $7) as x
                 union all
                 select x.id from unnest($2::text[]) as s(status)
                 cross join lateral (select t.id from tickets t
                     where t.site_id = $1 and t.status = s.status and t.board_rank is null
                       and (t.created_at, t.id) <= ($4, $5) and not ($6 and (t.created_at, t.id) = ($4, $5))
                     order by t.created_at desc, t.id desc limit $7) as x)
             select {CARD} from found f
             cross join lateral (select t.* from tickets t where t.id = f.id and t.site_id = $1 offset 0) as t {JOINS}"
        )
    });
    let (at, id, is_older) = after.map_or((DateTime::<Utc>::MAX_UTC, Uuid::max(), false), Rank::age);
    Ok(sql(&TEXT)
        .bind::<SqlUuid, _>(site.0)
        .bind::<Array<Text>, _>(statuses)
        .bind::<Text, _>(after.map_or("", Rank::as_str))
        .bind::<Timestamptz, _>(at)
        .bind::<SqlUuid, _>(id)
        .bind::<Bool, _>(is_older)
        .bind::<BigInt, _>(limit)
        .get_results(tx.conn())
        .await?)
}
