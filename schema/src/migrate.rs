//! Brings a database to today's schema: migrations once and in order, functions and policies every time.

use crate::config::database_unusable;
use anyhow::{Context, Result, anyhow};
use diesel::ConnectionError;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::time::Duration;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Functions, triggers and policies, in the order in which they build on one another.
const REPLACEABLE: &[&str] = &[
    include_str!("../replaceable/1_scope.sql"),
    include_str!("../replaceable/2_ledger.sql"),
    include_str!("../replaceable/3_tickets.sql"),
    include_str!("../replaceable/4_triggers.sql"),
    include_str!("../replaceable/5_policies.sql"),
    include_str!("../replaceable/6_sites.sql"),
    include_str!("../replaceable/7_mail.sql"),
    include_str!("../replaceable/8_identity.sql"),
    include_str!("../replaceable/90_people.sql"),
    include_str!("../replaceable/92_tickets.sql"),
];

/// Any number; two programs that set up one database at once take turns.
const LOCK: i64 = 0x0A51_5774;

/// Runs what is missing; a database that is up to date stays as it is.
///
/// # Errors
/// The database cannot be reached, or refuses a statement.
pub async fn up(url: &str) -> Result<()> {
    let mut conn = connect(url).await?;
    let turn = format!("set lock_timeout = '10min'; select pg_advisory_lock({LOCK}); reset lock_timeout");
    conn.batch_execute(&turn)
        .await
        .context("another program has been setting this database up for ten minutes")?;
    let mut conn = run(conn, |harness| harness.run_pending_migrations(MIGRATIONS).map(|_| ())).await?;
    conn.batch_execute(&format!("begin; {}; commit", REPLACEABLE.join(";\n")))
        .await
        .context("replaceable SQL")?;
    Ok(())
}

/// Takes every migration back, one by one, and runs them all again. Deletes all data.
///
/// # Errors
/// As [`up`].
pub async fn redo(url: &str) -> Result<()> {
    let conn = connect(url).await?;
    run(conn, |harness| harness.revert_all_migrations(MIGRATIONS).map(|_| ())).await?;
    up(url).await
}

/// All SQL that makes the schema, for telling one schema from another.
#[cfg(feature = "testing")]
pub(crate) fn sources() -> Vec<String> {
    use diesel::migration::{Migration, MigrationSource};
    let migrations: Vec<Box<dyn Migration<diesel::pg::Pg>>> = MIGRATIONS.migrations().unwrap_or_default();
    let names = migrations.iter().map(|migration| migration.name().to_string());
    names.chain(REPLACEABLE.iter().map(|text| (*text).to_owned())).collect()
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long a database may take to answer at all; the migrations themselves take as long as they need.
const PATIENCE: Duration = Duration::from_secs(10);

async fn connect(url: &str) -> Result<AsyncPgConnection> {
    let silent =
        || ConnectionError::BadConnection(format!("no answer within {} seconds", PATIENCE.as_secs()));
    let asked = tokio::time::timeout(PATIENCE, AsyncPgConnection::establish(url)).await;
    asked.unwrap_or_else(|_| Err(silent())).map_err(|cause| database_unusable(&cause))
}

async fn run(
    conn: AsyncPgConnection,
    work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> Result<(), Failure> + Send + 'static,
) -> Result<AsyncPgConnection> {
    let mut harness = AsyncMigrationHarness::new(conn);
    let done = tokio::task::spawn_blocking(move || {
        work(&mut harness).map(|()| harness).map_err(|error| anyhow!("migrations: {error}"))
    });
    Ok(done.await??.into_inner())
}
