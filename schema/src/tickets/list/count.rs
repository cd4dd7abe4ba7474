//! How many tickets a list has, as far as that is worth knowing.

use super::driver::Driver;
use super::filter::Filter;
use super::text::{GIVEN, Given, JUDGED};
use crate::pool::DbResult;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// So many tickets are looked at for a total; a list that would need more says that it has more.
pub const TOTAL_MAX: i64 = 2_000;

/// A total, and whether there are no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Total {
    pub tickets: i64,
    pub is_exact: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    tickets: i64,
    #[diesel(sql_type = BigInt)]
    seen: i64,
}

/// Counts the newest of a filter's tickets.
pub(super) async fn total(conn: &AsyncPgConnection, sites: &[Uuid], filter: &Filter) -> DbResult<Total> {
    let driver = Driver::of(filter);
    let given = Given {
        sites,
        filter,
        search: &filter.search,
        at: DateTime::<Utc>::MAX_UTC,
        id: Uuid::max(),
        skipped: 0,
        taken: TOTAL_MAX + 1,
    };
    let row: Row = given.bind(text(driver, !driver.decides(filter))).get_result(&mut { conn }).await?;
    Ok(Total { tickets: row.tickets.min(TOTAL_MAX), is_exact: row.seen <= TOTAL_MAX })
}

fn text(driver: Driver, judged: bool) -> &'static str {
    static TEXTS: LazyLock<HashMap<(Driver, bool), String>> = LazyLock::new(|| {
        let drivers = Driver::ALL.into_iter().flat_map(|driver| [(driver, false), (driver, true)]);
        drivers.map(|(driver, judged)| ((driver, judged), written(driver, judged))).collect()
    });
    &TEXTS[&(driver, judged)]
}

/// The rows that are seen are bounded, not those that fit: judging is what costs.
fn written(driver: Driver, judged: bool) -> String {
    let (age, id) = driver.age();
    let (parts, tables, condition) = (driver.parts(), driver.tables(), driver.condition());
    let judged = if judged { JUDGED } else { "true" };
    format!(
        "with {GIVEN}
         select count(*) filter (where x.fits) as tickets, count(*) as seen
         from {parts} cross join lateral (
             select {judged} as fits from {tables} where {condition} and {age} >= $12 and {age} < $13
             order by {age} desc, {id} desc limit $18) as x"
    )
}
