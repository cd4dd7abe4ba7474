//! Asking for a page.

use super::count::{Total, total};
use super::cursor::Cursor;
use super::driver::Driver;
use super::filter::{Filter, Order, Slice};
use super::search::{lateness, search};
use super::text::{Given, page};
use super::totals::Totals;
use super::walk::walk;
use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use crate::tickets::search::LATE_AFTER;
use crate::tickets::view::Card;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
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
        let reading = self.db.read(scope).await?;
        let (found, total, is_late) = reading.ask(self.asked(reading.conn(), scope, filter, slice)).await?;
        reading.end();
        if is_late && let Scope::Site(site) = scope {
            catch_up(&self.db, site).await?;
        }
        Ok(answered(found, total, slice))
    }

    /// The page, its total, and whether the search index is late.
    async fn asked(
        &self,
        conn: &AsyncPgConnection,
        scope: Scope,
        filter: &Filter,
        slice: Slice,
    ) -> DbResult<(Vec<Found>, Total, bool)> {
        let sites = match scope {
            Scope::Site(site) => vec![site.0],
            Scope::System => sites(conn).await?,
        };
        // One more than wanted says whether there is a next page.
        let asked = Asked { sites: &sites, filter, slice: Slice { limit: slice.limit + 1, ..slice } };
        if !filter.has_words() {
            let (found, total) = self.browsed(conn, &asked).await?;
            return Ok((found, total, false));
        }
        let late = async {
            match scope {
                Scope::Site(site) => lateness(conn, site.0).await,
                Scope::System => Ok(0),
            }
        };
        let ((found, total), late) = tokio::try_join!(search(conn, &self.totals, &asked), late)?;
        Ok((found, total, late > LATE_AFTER))
    }

    async fn browsed(&self, conn: &AsyncPgConnection, asked: &Asked<'_>) -> DbResult<(Vec<Found>, Total)> {
        if matches!(asked.slice.order, Order::Updated | Order::Due) {
            let total = self.total(conn, asked).await?;
            return Ok((asked.page_of(conn, total).await?, total));
        }
        let found = asked.page(conn, asked.filter).await?;
        let total = match asked.seen_to_the_end(&found) {
            Some(total) => total,
            None => self.total(conn, asked).await?,
        };
        Ok((found, total))
    }

    async fn total(&self, conn: &AsyncPgConnection, asked: &Asked<'_>) -> DbResult<Total> {
        if let Some(total) = self.totals.find(asked.sites, asked.filter, Instant::now()) {
            return Ok(total);
        }
        let total = total(conn, asked.sites, asked.filter).await?;
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
    pub async fn page(&self, conn: &AsyncPgConnection, filter: &Filter) -> DbResult<Vec<Found>> {
        let driver = Driver::of(filter);
        let is_deep = self.slice.offset > 0;
        let text = page(driver, !driver.decides(filter), self.slice.order, is_deep);
        Ok(self.given(filter).bind(text).get_results(&mut { conn }).await?)
    }

    /// The page of a list with so many tickets. Few are put in order; of many the page is looked for in order.
    async fn page_of(&self, conn: &AsyncPgConnection, total: Total) -> DbResult<Vec<Found>> {
        if total.is_exact { self.page(conn, self.filter).await } else { self.walked(conn).await }
    }

    /// The page of a list of many tickets, along the index of its order.
    pub async fn walked(&self, conn: &AsyncPgConnection) -> DbResult<Vec<Found>> {
        match walk(Driver::of(self.filter), self.slice.order) {
            Some(text) => Ok(self.given(self.filter).bind(text).get_results(&mut { conn }).await?),
            None => self.page(conn, self.filter).await,
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
async fn catch_up(db: &Db, site: SiteId) -> DbResult<()> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    tx.enqueue(NewJob::of(&tickets::Index { site_id: site }).unless_pending(tickets::Index::key(site)));
    tx.commit().await
}

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

async fn sites(conn: &AsyncPgConnection) -> DbResult<Vec<Uuid>> {
    let rows: Vec<SiteRow> = sql("select id from sites order by created_at, id limit ?")
        .bind::<BigInt, _>(SITES_MAX)
        .get_results(&mut { conn })
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
