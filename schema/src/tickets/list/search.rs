//! Lists that are searched by words.
//!
//! Few tickets have a rare word: the index brings up all of them, and they are put in order here. A word that many have
//! is soon met by going through the tickets in their order. Which of both it is shows when the index is asked for one
//! more than [`FOUND_MAX`].

use super::count::{Total, total};
use super::driver::Driver;
use super::filter::{Filter, Order};
use super::page::{Asked, Found};
use super::text::{GIVEN, Given, JUDGED, cards};
use super::totals::Totals;
use crate::pool::DbResult;
use crate::tickets::rules::search::{grams, salt, telling};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;
use std::time::Instant;
use uuid::Uuid;

/// Tickets that are put in order here.
const FOUND_MAX: i64 = 1_000;
/// The newest tickets that are gone through before all that the index knows are put in order.
const GONE_THROUGH_MAX: i64 = 3_000;
/// Grams that are asked for; the texts decide anyway.
const GRAMS_MAX: usize = 16;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct At {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// One page of the tickets that have all the words, and how many there are.
pub(super) async fn search(
    conn: &AsyncPgConnection,
    totals: &Totals,
    asked: &Asked<'_>,
) -> DbResult<(Vec<Found>, Total)> {
    let keys = keys(asked);
    if keys.is_empty() {
        // Words of one or two letters: no index knows them.
        let page = asked.page(conn, asked.filter).await?;
        return Ok((page, total(conn, asked.sites, asked.filter).await?));
    }
    if let Some(total) = totals.find(asked.sites, asked.filter, Instant::now()) {
        return Ok((frequent(conn, asked, &keys).await?, total));
    }
    let found = found(conn, asked, &keys).await?;
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    if count <= FOUND_MAX {
        let page = ordered(conn, asked, found).await?;
        return Ok((page, Total { tickets: count, is_exact: true }));
    }
    let total = Total { tickets: FOUND_MAX, is_exact: false };
    totals.keep(asked.sites, asked.filter, total, Instant::now());
    Ok((frequent(conn, asked, &keys).await?, total))
}

/// What the index is asked for, per site, as Postgres writes an array. Empty without a word of three letters.
fn keys(asked: &Asked<'_>) -> Vec<String> {
    let words = asked.filter.search.iter().chain(&asked.filter.subject);
    let grams: BTreeSet<i32> = words.flat_map(|word| grams(telling(word))).collect();
    let grams: Vec<i32> = grams.into_iter().take(GRAMS_MAX).collect();
    if grams.is_empty() {
        return Vec::new();
    }
    let of_site = |site: &Uuid| {
        let keys: Vec<String> = grams.iter().map(|gram| (gram ^ salt(*site)).to_string()).collect();
        format!("{{{}}}", keys.join(","))
    };
    asked.sites.iter().map(of_site).collect()
}

/// What the index knows and what it does not know yet, unordered, up to one more than is put in order. `offset 0` keeps
/// the planner from beginning at the tickets: it takes any array to be in one row of a thousand.
async fn found(conn: &AsyncPgConnection, asked: &Asked<'_>, keys: &[String]) -> DbResult<Vec<Uuid>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "with {GIVEN}, keys as (select ?::text[])
             (select t.id from unnest($1::uuid[], $22::text[]) as p(site_id, keys)
              cross join lateral (select g.ticket_id from ticket_grams g where g.grams @> p.keys::integer[] offset 0) as g
              cross join lateral (select t.* from tickets t where t.id = g.ticket_id and t.site_id = p.site_id offset 0) as t
              where t.created_at >= $12 and t.created_at < $13 and {JUDGED} limit $18)
             union
             (select t.id from unnest($1::uuid[]) as p(site_id)
              cross join lateral (select coalesce(max(s.indexed_up_to), 0) as number from ticket_search_progress s
                                  where s.site_id = p.site_id) as i
              cross join lateral (select t.* from tickets t where t.site_id = p.site_id and t.ticket_number > i.number
                                  order by t.ticket_number desc offset 0) as t
              where t.created_at >= $12 and t.created_at < $13 and {JUDGED} limit $18)"
        )
    });
    let given = Given { taken: FOUND_MAX + 1, skipped: 0, ..asked.given(asked.filter) };
    let rows: Vec<Id> = given.bind(&TEXT).bind::<Array<Text>, _>(keys).get_results(&mut { conn }).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// One page of some tickets.
async fn ordered(conn: &AsyncPgConnection, asked: &Asked<'_>, found: Vec<Uuid>) -> DbResult<Vec<Found>> {
    static TEXTS: LazyLock<HashMap<Order, String>> = LazyLock::new(|| {
        let text = |order: Order| {
            let at = order.at("t.created_at");
            let (after, by) = (order.after(at, "t.id"), order.by(at, "t.id"));
            let page = format!(
                "select t.id, {at} as at from unnest(?::uuid[]) as f(id)
                 join tickets t on t.id = f.id and t.site_id = any($1)
                 where {after} order by {by} offset $19 limit $20"
            );
            cards(&page, order)
        };
        Order::ALL.into_iter().map(|order| (order, text(order))).collect()
    });
    let text: &'static str = &TEXTS[&asked.slice.order];
    Ok(asked
        .given(asked.filter)
        .bind(text)
        .bind::<Array<SqlUuid>, _>(found)
        .get_results(&mut { conn })
        .await?)
}

/// One page of many: met among the newest if they are spread evenly, else out of all that the index knows.
async fn frequent(conn: &AsyncPgConnection, asked: &Asked<'_>, keys: &[String]) -> DbResult<Vec<Found>> {
    if asked.slice.order != Order::Newest {
        return asked.walked(conn).await;
    }
    if let Some(from) = window(conn, asked).await? {
        let recent = Filter { created_from: Some(from), ..asked.filter.clone() };
        let page = asked.page(conn, &recent).await?;
        if i64::try_from(page.len()).unwrap_or(i64::MAX) >= asked.slice.limit {
            return Ok(page);
        }
        return indexed(conn, asked, keys).await;
    }
    asked.page(conn, asked.filter).await
}

/// The age of the last ticket that is gone through; none if that is all of them.
async fn window(conn: &AsyncPgConnection, asked: &Asked<'_>) -> DbResult<Option<DateTime<Utc>>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let driver = Driver::Site;
        let (parts, tables, condition) = (driver.parts(), driver.tables(), driver.condition());
        format!(
            "with {GIVEN}
             select x.at from {parts} cross join lateral (
                 select t.id, t.created_at as at from {tables}
                 where {condition} and t.created_at < $13 and (t.created_at, t.id) < ($16, $17)
                 order by t.created_at desc, t.id desc limit $18) as x
             order by x.at desc, x.id desc offset $19 limit $20"
        )
    });
    let given = Given { skipped: GONE_THROUGH_MAX, taken: 1, ..asked.given(asked.filter) };
    let rows: Vec<At> = given.bind(&TEXT).get_results(&mut { conn }).await?;
    let from = asked.filter.created_from.unwrap_or(DateTime::UNIX_EPOCH);
    Ok(rows.into_iter().next().map(|row| row.at).filter(|at| *at > from))
}

/// One page, newest first, of all tickets that the index knows.
async fn indexed(conn: &AsyncPgConnection, asked: &Asked<'_>, keys: &[String]) -> DbResult<Vec<Found>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let page = format!(
            "select t.id, g.created_at as at from unnest($1::uuid[], ?::text[]) as p(site_id, keys)
             cross join lateral (select g.ticket_id, g.created_at from ticket_grams g
                                 where g.grams @> p.keys::integer[] and (g.created_at, g.ticket_id) < ($16, $17)
                                   and g.created_at >= $12 and g.created_at < $13
                                 order by g.created_at desc, g.ticket_id desc) as g
             cross join lateral (select t.* from tickets t where t.id = g.ticket_id and t.site_id = p.site_id offset 0) as t
             where {JUDGED} order by g.created_at desc, t.id desc offset $19 limit $20"
        );
        cards(&page, Order::Newest)
    });
    Ok(asked.given(asked.filter).bind(&TEXT).bind::<Array<Text>, _>(keys).get_results(&mut { conn }).await?)
}

/// How many tickets of a site the index does not know yet.
pub(super) async fn lateness(conn: &AsyncPgConnection, site: Uuid) -> DbResult<i64> {
    #[derive(QueryableByName)]
    struct Late {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        late: i64,
    }
    let row: Late = crate::sql::sql(
        "select coalesce((select t.ticket_number from tickets t where t.site_id = ? order by t.ticket_number desc limit 1), 0)
             - coalesce((select p.indexed_up_to from ticket_search_progress p where p.site_id = $1), 0) as late",
    )
    .bind::<SqlUuid, _>(site)
    .get_result(&mut { conn })
    .await?;
    Ok(row.late)
}
