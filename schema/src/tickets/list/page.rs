//! Asking for a page.

use super::count::{Total, total};
use super::cursor::Cursor;
use super::driver::Driver;
use super::filter::{Filter, Slice};
use super::search::{lateness, search};
use super::text::{Given, page};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::search::LATE_AFTER;
use crate::tickets::view::Card;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, SiteId, tickets};
use uuid::Uuid;

/// Sites whose tickets one list shows.
const SITES_MAX: i64 = 1_000;

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub cards: Vec<Card>,
    /// All of the list's tickets, or as many as were counted.
    pub total: i64,
    pub total_is_exact: bool,
    /// Where the next page begins; none after the last.
    pub next: Option<Cursor>,
}

/// A card, and the instant that it stands at in its list's order.
#[derive(QueryableByName)]
pub(super) struct Found {
    #[diesel(embed)]
    card: Card,
    #[diesel(sql_type = Timestamptz)]
    ordered_at: DateTime<Utc>,
}

/// A list being asked for.
pub(super) struct Asked<'a> {
    pub sites: &'a [Uuid],
    pub filter: &'a Filter,
    pub slice: Slice,
}

/// One page of a scope's tickets.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, filter: &Filter, slice: Slice) -> DbResult<Listed> {
    let mut tx = db.begin(scope).await?;
    let sites = match scope {
        Scope::Site(site) => vec![site.0],
        Scope::System => sites(&mut tx).await?,
    };
    // One more than wanted says whether there is a next page.
    let asked = Asked { sites: &sites, filter, slice: Slice { limit: slice.limit + 1, ..slice } };
    let (found, total) = if filter.has_words() {
        let answer = search(&mut tx, &asked).await?;
        if let Scope::Site(site) = scope {
            catch_up(&mut tx, site).await?;
        }
        answer
    } else {
        (asked.page(&mut tx, filter).await?, total(&mut tx, &sites, filter).await?)
    };
    tx.commit().await?;
    Ok(answered(found, total, slice))
}

impl Asked<'_> {
    pub fn given<'a>(&'a self, filter: &'a Filter) -> Given<'a> {
        let from = self.slice.after.unwrap_or_else(|| self.slice.order.start());
        Given {
            sites: self.sites,
            filter,
            search: &filter.search,
            at: from.at,
            id: from.id,
            skipped: self.slice.offset,
            taken: self.slice.limit,
        }
    }

    /// The page of a filter, along its index.
    pub async fn page(&self, tx: &mut Tx, filter: &Filter) -> DbResult<Vec<Found>> {
        let driver = Driver::of(filter);
        let text = page(driver, !driver.decides(filter), self.slice.order);
        Ok(self.given(filter).bind(text).get_results(tx.conn()).await?)
    }
}

fn answered(mut found: Vec<Found>, total: Total, slice: Slice) -> Listed {
    let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(|last| Cursor { at: last.ordered_at, id: last.card.id });
    let cards: Vec<Card> = found.into_iter().map(|found| found.card).collect();
    // A total that was not counted to its end is at least what is seen here.
    let here = slice.offset + i64::try_from(cards.len()).unwrap_or(0) + i64::from(has_more);
    let tickets = if total.is_exact || cards.is_empty() { total.tickets } else { total.tickets.max(here) };
    Listed { cards, total: tickets, total_is_exact: total.is_exact, next }
}

/// A search that had to read through many new tickets asks for them to be indexed.
async fn catch_up(tx: &mut Tx, site: SiteId) -> DbResult<()> {
    if lateness(tx, site.0).await? > LATE_AFTER {
        tx.enqueue(NewJob::of(&tickets::Index { site_id: site }).unless_pending(tickets::Index::key(site)));
    }
    Ok(())
}

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

async fn sites(tx: &mut Tx) -> DbResult<Vec<Uuid>> {
    let rows: Vec<SiteRow> = sql("select id from sites order by created_at, id limit ?")
        .bind::<BigInt, _>(SITES_MAX)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
