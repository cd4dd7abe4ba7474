//! A stage: a fresh database, an empty Redis and an empty folder for one measurement.

use crate::database::Database;
use crate::services::Services;
use redis::aio::MultiplexedConnection;
use schema::ledger::wire::{self, Transport};
use schema::ledger::{Courier, Ledger};
use schema::pool::Db;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Long enough to be accepted, and no secret.
pub const SECRET: &str = "a-secret-of-the-bench-that-guards-nothing";

/// One measurement's ground; [`Stage::close`] it.
pub struct Stage {
    pub database: Database,
    pub redis: MultiplexedConnection,
    pub redis_url: String,
    pub transport: Transport,
    pub files: PathBuf,
}

impl Stage {
    pub(crate) async fn open(services: &Services, transport: Transport) -> anyhow::Result<Self> {
        let database = Database::create(services.var("DATABASE_URL")?).await?;
        Self::on(database, services, transport).await
    }

    /// A stage on a database that is there already.
    pub(crate) async fn on(
        database: Database,
        services: &Services,
        transport: Transport,
    ) -> anyhow::Result<Self> {
        let redis_url = services.var("REDIS_URL")?.to_owned();
        let mut redis = redis::Client::open(redis_url.as_str())?.get_multiplexed_async_connection().await?;
        redis::cmd("FLUSHALL").query_async::<()>(&mut redis).await?;
        // A folder of its own: right after a large deletion the file system looks for free inodes slowly.
        let files = files(services).join(uuid::Uuid::now_v7().simple().to_string());
        fs::create_dir_all(&files)?;
        Ok(Self { database, redis, redis_url, transport, files })
    }

    /// What a deployment sets; everything else stands at the programs' own defaults.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        let pairs = [
            ("DATABASE_URL", self.database.url.clone()),
            ("REDIS_URL", self.redis_url.clone()),
            ("QUEUE_TRANSPORT", name(self.transport).to_owned()),
            ("SECRET_KEY", SECRET.to_owned()),
            ("FILES_DIR", self.files.display().to_string()),
            ("SMTP_TLS", "none".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// This process's own pool, without a wire: what it commits the relay must find.
    ///
    /// # Errors
    /// The database is away.
    pub async fn db(&self, size: u32) -> anyhow::Result<Db> {
        Db::connect(&self.database.url, size).await
    }

    /// This process's own pool, handing over what it commits as the edge does.
    ///
    /// # Errors
    /// The database is away.
    pub async fn wired(&self, size: u32) -> anyhow::Result<Db> {
        Ok(self.db(size).await?.with_courier(Courier::start(self.wire()?)))
    }

    /// # Errors
    /// The URL cannot be read.
    pub fn wire(&self) -> anyhow::Result<Arc<dyn wire::Wire>> {
        Ok(wire::open(&self.redis_url, self.transport)?)
    }

    /// # Errors
    /// The database is away.
    pub async fn ledger(&self) -> anyhow::Result<Ledger> {
        Ok(Ledger::new(self.db(2).await?))
    }

    /// # Errors
    /// The database is away.
    pub async fn close(self) -> anyhow::Result<()> {
        self.database.drop().await
    }
}

/// The name QUEUE_TRANSPORT takes.
#[must_use]
pub fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::List => "list",
        Transport::Apalis => "apalis",
    }
}

/// Where uploads go; emptied for every stage.
#[must_use]
pub fn files(services: &Services) -> PathBuf {
    services.state.join("bench-files")
}
