//! Asking for a page.

use super::count::{Total, total};
use super::cursor::Cursor;
use super::driver::Driver;
use super::filter::{Filter, Order, Slice};
use super::search::{lateness, search};
use super::text::{Given, page};
use super::totals::Totals;
use super::walk::walk;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::search::LATE_AFTER;
use crate::tickets::view::Card;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, SiteId, tickets};
use std::time::Instant;
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

/// Lists tickets.
pub struct Lists {
    db: Db,
    totals: Totals,
}

impl Lists {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, totals: Totals::default() }
    }

    /// One page of a scope's tickets.
    ///
    /// # Errors
    /// The database is away.
    pub async fn page(&self, scope: Scope, filter: &Filter, slice: Slice) -> DbResult<Listed> {
        let mut tx = self.db.begin(scope).await?;
        let sites = match scope {
            Scope::Site(site) => vec![site.0],
            Scope::System => sites(&mut tx).await?,
        };
        // One more than wanted says whether there is a next page.
        let asked = Asked { sites: &sites, filter, slice: Slice { limit: slice.limit + 1, ..slice } };
        let (found, total) = if filter.has_words() {
            let answer = search(&mut tx, &self.totals, &asked).await?;
            if let Scope::Site(site) = scope {
                catch_up(&mut tx, site).await?;
            }
            answer
        } else {
            self.browsed(&mut tx, &asked).await?
        };
        tx.commit().await?;
        Ok(answered(found, total, slice))
    }

    async fn browsed(&self, tx: &mut Tx, asked: &Asked<'_>) -> DbResult<(Vec<Found>, Total)> {
        if matches!(asked.slice.order, Order::Updated | Order::Due) {
            let total = self.total(tx, asked).await?;
            return Ok((asked.page_of(tx, total).await?, total));
        }
        let found = asked.page(tx, asked.filter).await?;
        let total = match asked.seen_to_the_end(&found) {
            Some(total) => total,
            None => self.total(tx, asked).await?,
        };
        Ok((found, total))
    }

    async fn total(&self, tx: &mut Tx, asked: &Asked<'_>) -> DbResult<Total> {
        if let Some(total) = self.totals.find(asked.sites, asked.filter, Instant::now()) {
            return Ok(total);
        }
        let total = total(tx, asked.sites, asked.filter).await?;
        self.totals.keep(asked.sites, asked.filter, total, Instant::now());
        Ok(total)
    }
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

    /// The page of a list with so many tickets. Few are put in order; of many the page is looked for in order.
    async fn page_of(&self, tx: &mut Tx, total: Total) -> DbResult<Vec<Found>> {
        if total.is_exact { self.page(tx, self.filter).await } else { self.walked(tx).await }
    }

    /// The page of a list of many tickets, along the index of its order.
    pub async fn walked(&self, tx: &mut Tx) -> DbResult<Vec<Found>> {
        match walk(Driver::of(self.filter), self.slice.order) {
            Some(text) => Ok(self.given(self.filter).bind(text).get_results(tx.conn()).await?),
            None => self.page(tx, self.filter).await,
        }
    }

    /// The list's total, where the page shows its end.
    fn seen_to_the_end(&self, found: &[Found]) -> Option<Total> {
        let (count, Slice { after, offset, limit, .. }) = (i64::try_from(found.len()).ok()?, self.slice);
        let is_end = after.is_none() && count < limit && (count > 0 || offset == 0);
        is_end.then_some(Total { tickets: offset + count, is_exact: true })
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
