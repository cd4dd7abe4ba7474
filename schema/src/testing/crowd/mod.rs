//! Many sites with many tickets, for measuring: statuses, people, departments, replies and Turkish texts as desks have
//! them. One site has two fifths of all tickets, the others ever fewer.
//!
//! The rows are written set by set past triggers and checks, and the search index is built at the end, so that a million
//! tickets take minutes.

mod words;

use crate::pool::{Db, Scope};
use crate::sql::sql;
use crate::tickets::search::index_site;
use anyhow::Context;
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::stream::{self, StreamExt, TryStreamExt};
use jobs::SiteId;
use uuid::Uuid;

const TICKETS: &str = include_str!("tickets.sql");
const AROUND: &str = include_str!("around.sql");
/// The one big site's share of all tickets.
const BIG_SHARE: f64 = 0.4;
/// Sites of which the index is written at once, and tickets in one transaction.
const INDEXERS: usize = 2;
const INDEX_CHUNK: i64 = 2_000;
const DEPARTMENTS: i64 = 5;
const CATEGORIES: i64 = 4;
const AGENTS: i64 = 8;
const AGENTS_OF_BIG: i64 = 40;

/// How many.
#[derive(Clone, Copy, Debug)]
pub struct Crowd<'a> {
    pub sites: u32,
    pub tickets: u64,
    /// What all agents' passwords are stored as.
    pub password_hash: &'a str,
}

/// A site of a crowd.
#[derive(Clone, Debug)]
pub struct CrowdSite {
    pub id: SiteId,
    pub tickets: i64,
    pub departments: Vec<Uuid>,
    pub agents: Vec<super::Agent>,
}

/// One of a site's tickets, as people look for them.
#[derive(Clone, Debug, QueryableByName)]
pub struct Known {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub email: String,
    /// A word that few tickets have.
    #[diesel(sql_type = Text)]
    pub brand: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Email {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
}

#[derive(QueryableByName)]
struct Sized {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
}

#[derive(QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Fills an empty database. `url` is its owner's, who must be a superuser; `said` hears how far it is.
///
/// # Errors
/// The database is away or not empty.
pub async fn fill(url: &str, crowd: Crowd<'_>, said: impl Fn(&str)) -> anyhow::Result<()> {
    let mut owner = AsyncPgConnection::establish(url).await?;
    owner.batch_execute("select setseed(0.42)").await?;
    let mut ids = Vec::new();
    for (place, tickets) in sizes(crowd).into_iter().enumerate() {
        let id = site(&mut owner, place, tickets, crowd.password_hash).await?;
        ids.push(SiteId(id));
    }
    said("tickets are written; now their search index");
    let gin = take_gin(&mut owner).await?;
    let db = Db::connect(url, u32::try_from(INDEXERS)?).await?;
    let index = |id| index(&db, id);
    stream::iter(ids).map(index).buffer_unordered(INDEXERS).try_collect::<Vec<()>>().await?;
    said("grams are written; now the index over them");
    owner.batch_execute(&format!("set maintenance_work_mem = '512MB'; {gin}")).await?;
    owner.batch_execute("vacuum (analyze)").await?;
    owner.batch_execute("checkpoint").await?;
    Ok(())
}

/// How many tickets each site has; the first is the big one.
fn sizes(crowd: Crowd<'_>) -> Vec<i64> {
    let others = 1..crowd.sites.max(1);
    let weights: f64 = others.clone().map(|place| 1.0 / f64::from(place)).sum();
    let (all, big) = (crowd.tickets as f64, if others.is_empty() { 1.0 } else { BIG_SHARE });
    let small = |place| (all * (1.0 - big) / f64::from(place) / weights) as i64;
    let small: Vec<i64> = others.map(small).collect();
    let rest = crowd.tickets.cast_signed() - small.iter().sum::<i64>();
    [vec![rest], small].concat()
}

async fn site(
    owner: &mut AsyncPgConnection,
    place: usize,
    tickets: i64,
    password_hash: &str,
) -> anyhow::Result<Uuid> {
    let site: Id =
        sql("insert into sites (name, domain) values ('Mağaza ' || ?, ? || '.ornek.com') returning id")
            .bind::<Text, _>(place.to_string())
            .bind::<Text, _>(format!("magaza{place}"))
            .get_result(owner)
            .await?;
    owner.batch_execute("set session_replication_role = replica").await?;
    let site = site.id;
    let departments = "insert into departments (site_id, name) select ?, 'Birim ' || n from generate_series(1, ?) n returning id";
    let departments = ids(owner, departments, site, DEPARTMENTS).await?;
    let categories = "insert into ticket_categories (site_id, name) select ?, 'Konu ' || n from generate_series(1, ?) n returning id";
    let categories = ids(owner, categories, site, CATEGORIES).await?;
    let agents = agents(owner, site, place, password_hash).await?;
    sql(TICKETS)
        .bind::<SqlUuid, _>(site)
        .bind::<BigInt, _>(tickets)
        .bind::<Array<Text>, _>(&words::GIVEN_NAMES[..])
        .bind::<Array<Text>, _>(&words::SURNAMES[..])
        .bind::<Array<Text>, _>(&words::ADDRESSES[..])
        .bind::<Array<Text>, _>(&words::SUBJECTS[..])
        .bind::<Array<Text>, _>(&words::SENTENCES[..])
        .bind::<Array<Text>, _>(&words::SYLLABLES[..])
        .bind::<Array<SqlUuid>, _>(&departments)
        .bind::<Array<SqlUuid>, _>(&categories)
        .bind::<Array<SqlUuid>, _>(&agents)
        .execute(owner)
        .await?;
    let around = sql(AROUND).bind::<SqlUuid, _>(site).bind::<Array<Text>, _>(&words::ANSWERS[..]);
    around.execute(owner).await?;
    owner.batch_execute("set session_replication_role = origin").await?;
    Ok(site)
}

async fn ids(
    owner: &mut AsyncPgConnection,
    text: &'static str,
    site: Uuid,
    count: i64,
) -> anyhow::Result<Vec<Uuid>> {
    let rows: Vec<Id> =
        sql(text).bind::<SqlUuid, _>(site).bind::<BigInt, _>(count).get_results(owner).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

async fn agents(
    owner: &mut AsyncPgConnection,
    site: Uuid,
    place: usize,
    password_hash: &str,
) -> anyhow::Result<Vec<Uuid>> {
    let count = if place == 0 { AGENTS_OF_BIG } else { AGENTS };
    let rows: Vec<Id> = sql("insert into users (site_id, email, password_hash, name, role, status)
         select ?, 'temsilci' || n || '@' || ?, ?, 'Temsilci ' || n, 'agent', 'online' from generate_series(1, ?) as n
         returning id")
    .bind::<SqlUuid, _>(site)
    .bind::<Text, _>(format!("magaza{place}.ornek.com"))
    .bind::<Text, _>(password_hash)
    .bind::<BigInt, _>(count)
    .get_results(owner)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Drops the index over grams and says how it was made: it is built in one go much sooner than row by row.
async fn take_gin(owner: &mut AsyncPgConnection) -> anyhow::Result<String> {
    let row: Definition =
        sql("select indexdef as definition from pg_indexes where indexname = 'ticket_grams_grams'")
            .get_result(owner)
            .await
            .context("there is no index over grams")?;
    owner.batch_execute("drop index ticket_grams_grams").await?;
    Ok(row.definition)
}

async fn index(db: &Db, site: SiteId) -> anyhow::Result<()> {
    let mut more = true;
    while more {
        let mut tx = db.begin(Scope::Site(site)).await?;
        more = index_site(&mut tx, site, INDEX_CHUNK).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The sites of a filled database, the big one first.
///
/// # Errors
/// The database is away.
pub async fn sites(owner: &mut AsyncPgConnection) -> anyhow::Result<Vec<CrowdSite>> {
    let rows: Vec<Sized> =
        sql("select site_id as id, last as tickets from ticket_counters where series = 'number' \
         order by last desc, site_id")
        .get_results(owner)
        .await?;
    let mut sites = Vec::new();
    for Sized { id, tickets } in rows {
        let departments =
            ids(owner, "select id from departments where site_id = ? order by name limit ?", id, 5);
        let departments = departments.await?;
        let agents: Vec<Email> =
            sql("select id, email::text as email from users where site_id = ? order by email")
                .bind::<SqlUuid, _>(id)
                .get_results(owner)
                .await?;
        let agents =
            agents.into_iter().map(|row| super::Agent { id: jobs::UserId(row.id), email: row.email });
        sites.push(CrowdSite { id: SiteId(id), tickets, departments, agents: agents.collect() });
    }
    Ok(sites)
}

/// Which of a site's tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Evenly from the first to the last.
    All,
    /// The newest that are not settled.
    Unsettled,
}

/// Some tickets of a site.
///
/// # Errors
/// The database is away.
pub async fn known(
    owner: &mut AsyncPgConnection,
    site: &CrowdSite,
    which: Which,
    count: i64,
) -> anyhow::Result<Vec<Known>> {
    Ok(sql("select t.id, t.ticket_number, t.visitor_email::text as email,
             split_part(split_part(t.message, 'Ürün: ', 2), ',', 1) as brand
         from tickets t where t.site_id = ? and case when ? then status_kind not in ('resolved', 'closed')
             else t.ticket_number in (select 1 + (n * 7919) % ? from generate_series(1, ?) as n) end
         order by t.ticket_number desc limit $4")
    .bind::<SqlUuid, _>(site.id.0)
    .bind::<Bool, _>(which == Which::Unsettled)
    .bind::<BigInt, _>(site.tickets)
    .bind::<BigInt, _>(count)
    .get_results(owner)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_has_all_its_tickets_and_one_big_site() {
        let sizes = sizes(Crowd { sites: 50, tickets: 10_000, password_hash: "!" });
        assert_eq!((sizes.len(), sizes.iter().sum::<i64>()), (50, 10_000));
        assert!(sizes[0] >= 4_000 && sizes.iter().all(|size| *size > 0));
    }
}
