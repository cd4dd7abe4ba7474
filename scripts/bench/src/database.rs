//! A fresh database for each measurement, copied from one migrated template.

use anyhow::Context;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use schema::migrate;
use schema::sql::sql;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const TEMPLATE: &str = "bench_template";

/// Where the bench's own jobs leave their effects, and a cause to enqueue beside. No effect is unique by a key:
/// one that happened twice must be seen twice.
const TABLES: &str = "
    create table bench_effects (
        id bigint generated always as identity,
        n bigint not null,
        pid int not null,
        started_at timestamptz not null,
        noted_at timestamptz not null default clock_timestamp()
    );
    create table bench_causes (id uuid primary key, site_id uuid not null, body text not null);";

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = Text)]
    name: String,
}

/// One measurement's database; [`Database::drop`] it afterwards.
pub struct Database {
    pub url: String,
    name: String,
    server: String,
}

/// Makes the template anew and drops what an interrupted bench left behind.
///
/// # Errors
/// The database cannot be reached, or refuses a migration.
pub async fn prepare(server: &str) -> anyhow::Result<()> {
    clear(server).await?;
    connect(server).await?.batch_execute(&format!("create database {TEMPLATE}")).await?;
    let url = with_database(server, TEMPLATE)?;
    migrate::up(&url).await?;
    connect(&url).await?.batch_execute(TABLES).await?;
    // Once more, so that our tables stand behind the same walls and grants as all others.
    migrate::up(&url).await
}

/// Drops all databases of the bench.
///
/// # Errors
/// The database cannot be reached.
pub async fn clear(server: &str) -> anyhow::Result<()> {
    let mut conn = connect(server).await?;
    let rows: Vec<NameRow> =
        sql("select datname::text as name from pg_database where starts_with(datname, 'bench_')")
            .get_results(&mut conn)
            .await?;
    for NameRow { name } in rows {
        conn.batch_execute(&format!("drop database if exists {name} with (force)")).await?;
    }
    Ok(())
}

impl Database {
    /// # Errors
    /// The template is gone or in use.
    pub async fn create(server: &str) -> anyhow::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("bench_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let statement = format!("create database {name} template {TEMPLATE}");
        let mut conn = connect(server).await?;
        // Connections to the template that were closed a moment ago may not have ended yet.
        let mut tries = 40;
        while let Err(error) = conn.batch_execute(&statement).await {
            tries -= 1;
            anyhow::ensure!(tries > 0, "a database could not be made: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { url: with_database(server, &name)?, name, server: server.to_owned() })
    }

    /// A database that outlives the bench, brought to today's schema. True if it is new, and must be filled.
    ///
    /// # Errors
    /// The database cannot be reached, or refuses a migration.
    pub async fn kept(server: &str, name: &str) -> anyhow::Result<(Self, bool)> {
        let mut conn = connect(server).await?;
        let found: Vec<NameRow> = sql("select datname::text as name from pg_database where datname = ?")
            .bind::<Text, _>(name)
            .get_results(&mut conn)
            .await?;
        if found.is_empty() {
            conn.batch_execute(&format!("create database {name}")).await?;
        }
        let url = with_database(server, name)?;
        migrate::up(&url).await?;
        Ok((Self { url, name: name.to_owned(), server: server.to_owned() }, found.is_empty()))
    }

    /// A connection as the owner, whom no row-level security binds: for looking at results.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn owner(&self) -> anyhow::Result<AsyncPgConnection> {
        connect(&self.url).await
    }

    /// # Errors
    /// The database cannot be reached.
    pub async fn drop(self) -> anyhow::Result<()> {
        let statement = format!("drop database if exists {} with (force)", self.name);
        Ok(connect(&self.server).await?.batch_execute(&statement).await?)
    }
}

async fn connect(url: &str) -> anyhow::Result<AsyncPgConnection> {
    AsyncPgConnection::establish(url).await.context("the bench's PostgreSQL cannot be reached")
}

fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (server, _) = url.rsplit_once('/').context("DATABASE_URL does not end in /name")?;
    Ok(format!("{server}/{name}"))
}
