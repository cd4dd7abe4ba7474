//! Configuration that the edge and the workers share: flags, environment and `--help` from one struct.

use crate::ledger::wire::Transport;
use crate::net::{Network, Reach};
use anyhow::{Context, anyhow, ensure};
use clap::{Args, ValueEnum};
use diesel::ConnectionError;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// Where the program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Environment {
    #[default]
    Development,
    Test,
    Production,
}

/// The database, the wire, the file store and the secrets.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// PostgreSQL 15 or newer, as postgres://user:password@host:port/database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "")]
    pub database_url: String,

    /// Redis 7 or newer, or Valkey, with maxmemory-policy noeviction
    #[arg(long, env = "REDIS_URL", hide_env_values = true, default_value = "")]
    pub redis_url: String,

    /// What carries job ids from the database to the workers
    #[arg(long, env = "QUEUE_TRANSPORT", value_enum, default_value = "list")]
    pub queue_transport: Transport,

    /// Connections to PostgreSQL that one process may open
    #[arg(long, env = "DATABASE_POOL", default_value_t = 8)]
    pub database_pool: u32,

    /// Folder for uploads, attachments and large raw mails
    #[arg(long, env = "FILES_DIR", default_value = ".local/files")]
    pub files_dir: PathBuf,

    /// Sync each stored file to disk before its record is committed: safe against loss of power, and slower
    #[arg(long, env = "FILES_SYNC", default_value_t = false)]
    pub files_sync: bool,

    /// Seals mailbox passwords and signs reply addresses; at least 32 characters, the same in every process
    #[arg(long, env = "SECRET_KEY", hide_env_values = true, default_value = "")]
    pub secret_key: SecretString,

    /// Private networks in which sites may name mail servers of their own, as 10.0.0.0/8,192.168.1.10; none if unset
    #[arg(long, env = "MAIL_PRIVATE_NETWORKS", value_delimiter = ',')]
    pub mail_private_networks: Vec<Network>,

    /// Where the program runs; production refuses weak secrets
    #[arg(long, env = "ASISTTR_ENV", value_enum, default_value = "development")]
    pub asisttr_env: Environment,

    /// Which log lines are written, as RUST_LOG directives
    #[arg(long, env = "LOG", default_value = "info,tokio_cron_scheduler=warn,apalis_core=warn")]
    pub log: String,

    /// Log lines as JSON or as text
    #[arg(long, env = "LOG_FORMAT", value_parser = ["json", "text"], default_value = "json")]
    pub log_format: String,
}

/// Reads `.env` where there is one. A missing one is ordinary: then everything comes from the environment and the
/// command line.
///
/// # Errors
/// It is there and cannot be read: its settings would silently not count.
pub fn load_dotenv() -> anyhow::Result<()> {
    match dotenvy::dotenv() {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        // The line itself may hold a secret.
        Err(dotenvy::Error::LineParse(_, at)) => {
            Err(anyhow!("the file .env cannot be read: a line is malformed at its character {}", at + 1))
        }
        Err(error) => Err(anyhow!("the file .env cannot be read: {error}")),
    }
}

/// The secret that `scripts/up` writes for trying things out; production refuses it.
pub const SAMPLE_SECRET: &str = "change-me-change-me-change-me-change-me";

impl Common {
    /// # Errors
    /// One sentence: what is missing or too weak, and what to do.
    pub fn check(&self) -> anyhow::Result<()> {
        self.check_servers()?;
        let secret = self.secret_key.expose_secret();
        ensure!(
            secret.len() >= 32,
            "SECRET_KEY has {} characters and needs at least 32 (try: openssl rand -hex 32)",
            secret.len()
        );
        ensure!(
            self.asisttr_env != Environment::Production || secret != SAMPLE_SECRET,
            "SECRET_KEY is the sample value; set one of your own (try: openssl rand -hex 32)"
        );
        Ok(())
    }

    /// As [`Common::check`], for what works without the secret.
    ///
    /// # Errors
    /// One sentence: which server is not named, and what to do.
    pub fn check_servers(&self) -> anyhow::Result<()> {
        for (name, value) in [("DATABASE_URL", &self.database_url), ("REDIS_URL", &self.redis_url)] {
            ensure!(
                !value.is_empty(),
                "{name} is not set. Set it to your own server, or run scripts/up, which starts one and sets it."
            );
        }
        Ok(())
    }

    /// Which mail servers a site may name.
    #[must_use]
    pub fn mail_reach(&self) -> Reach {
        Reach::Public(self.mail_private_networks.clone().into())
    }

    /// The folder for files, made if missing. `sync` asks for what FILES_SYNC asks for in any case.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn file_store(&self, sync: bool) -> anyhow::Result<object_store::local::LocalFileSystem> {
        let shown = self.files_dir.display();
        std::fs::create_dir_all(&self.files_dir)
            .with_context(|| format!("FILES_DIR {shown} cannot be made"))?;
        let store = object_store::local::LocalFileSystem::new_with_prefix(&self.files_dir)
            .with_context(|| format!("FILES_DIR {shown} cannot be used"))?;
        Ok(store.with_fsync(sync || self.files_sync))
    }
}

/// What to tell an operator whose database does not answer as it should.
pub(crate) fn database_unusable(cause: &ConnectionError) -> anyhow::Error {
    let why = cause.to_string();
    // Every failure to connect has the same type; only its words tell a database that was never set up.
    if why.contains(r#"role "asisttr_app" does not exist"#) {
        return anyhow!("The database at DATABASE_URL is not set up ({why}). Run `workers migrate` first.");
    }
    anyhow!(
        "PostgreSQL cannot be used at DATABASE_URL ({why}). \
         Start it, correct DATABASE_URL, or run scripts/up, which starts one and sets it."
    )
}
