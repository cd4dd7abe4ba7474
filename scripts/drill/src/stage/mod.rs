//! What a drill plays on: private servers, a fresh database with a seeded site, and the real programs.

mod processes;
mod servers;
mod services;

pub use processes::{Fleet, signal};
pub use servers::{Postgres, Valkey, gone};

use crate::facts::{self, Facts};
use crate::sink::Sink;
use anyhow::{Context, ensure};
use serde::Deserialize;
use services::{Environment, Services};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::process::Command;
use uuid::Uuid;

/// Signs and seals; both die with the database.
const SECRET: &str = "drill-drill-drill-drill-drill-drill-drill";
const READY_MAX: Duration = Duration::from_secs(60);

/// Everything a drill touches.
pub struct Stage {
    pub fleet: Arc<Fleet>,
    pub facts: Facts,
    pub sink: Sink,
    pub desk: Desk,
    pub postgres: Postgres,
    pub valkey: Valkey,
    pub state: PathBuf,
    services: Services,
}

/// Where a client of the seeded site knocks.
#[derive(Clone, Debug)]
pub struct Desk {
    pub edge_port: u16,
    pub smtp_port: u16,
    pub widget_key: String,
    pub form_id: Uuid,
    pub support_address: String,
    /// The mailbox that the desk reads, and where mail is put into it.
    pub mailbox: String,
    pub lmtp_port: u16,
}

/// What `workers seed demo` prints, as far as it is needed.
#[derive(Deserialize)]
struct Seeded {
    site_id: Uuid,
    widget_key: String,
    form_id: Uuid,
    support_address: String,
}

impl Stage {
    /// Starts it all; the programs are ready when this returns.
    pub async fn open(seed: u64) -> anyhow::Result<Self> {
        let services = Services::up().await?;
        let (state, run) = (services.state().to_owned(), Uuid::now_v7().simple().to_string());
        clear(&state)?;
        let sink = Sink::open(seed).await?;
        let database_url =
            facts::fresh_database(services.get("DATABASE_URL")?, &format!("drill_{run}")).await?;
        let edge_port = free_port()?;
        let environment = environment(&services, &database_url, &run, edge_port, sink.port())?;
        workers(&environment, &["migrate"]).await?;
        let seeded: Seeded = serde_json::from_slice(&workers(&environment, &["seed", "demo"]).await?)
            .context("what `workers seed demo` printed")?;
        let facts = Facts::open(&database_url, seeded.site_id).await?;
        let desk = Desk {
            edge_port,
            smtp_port: services.get("SMTP_PORT")?.parse()?,
            widget_key: seeded.widget_key,
            form_id: seeded.form_id,
            support_address: seeded.support_address,
            mailbox: environment.get("IMAP_USER").cloned().unwrap_or_default(),
            lmtp_port: services.get("TEST_LMTP_PORT")?.parse()?,
        };
        let fleet = Fleet::start(programs_dir()?, environment, state.join("run"))?;
        let (postgres, valkey) = (Postgres::of(&services)?, Valkey::of(&services)?);
        let stage = Self { fleet, facts, sink, desk, postgres, valkey, state, services };
        stage.wait_ready().await?;
        Ok(stage)
    }

    /// Asks the programs to end, then the servers; returns how long the slowest program took.
    pub async fn close(&self) -> anyhow::Result<Duration> {
        let took = self.fleet.stop().await;
        self.services.down().await?;
        Ok(took)
    }

    /// Starts the mail servers again where they were.
    pub async fn mail_up_again(&self) -> anyhow::Result<()> {
        self.services.mail_up_again().await
    }

    async fn wait_ready(&self) -> anyhow::Result<()> {
        let since = Instant::now();
        while !crate::load::is_ready(self.desk.edge_port).await {
            ensure!(
                since.elapsed() < READY_MAX,
                "the edge was not ready within {READY_MAX:?}; logs: {}",
                self.logs()
            );
            ensure!(self.fleet.deaths() < 10, "programs end by themselves; logs: {}", self.logs());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    fn logs(&self) -> String {
        self.state.join("run").display().to_string()
    }
}

/// The programs' settings; whatever else the caller's environment says must not reach them.
fn environment(
    services: &Services,
    database_url: &str,
    run: &str,
    edge_port: u16,
    sink_port: u16,
) -> anyhow::Result<Environment> {
    let files = services.state().join("files").join(run);
    // A mailbox of its own for each run: what earlier runs sent must not come up again.
    let mailbox = format!("drill-{run}@{}", services.get("TEST_MAILBOX_DOMAIN")?);
    let mut environment = Environment::default();
    for (name, value) in [
        ("DATABASE_URL", database_url),
        ("REDIS_URL", services.get("REDIS_URL")?),
        ("SECRET_KEY", SECRET),
        ("FILES_DIR", &files.display().to_string()),
        ("ASISTTR_ENV", "test"),
        ("LOG", "info"),
        ("LISTEN", &format!("127.0.0.1:{edge_port}")),
        ("SUPPORT_FORM_RATE", "0"),
        ("RATE_LIMIT_MAX", "0"),
        ("IMAP_HOST", services.get("IMAP_HOST")?),
        ("IMAP_PORT", services.get("IMAP_PORT")?),
        ("IMAP_TLS", "none"),
        ("IMAP_USER", &mailbox),
        ("IMAP_PASS", services.get("IMAP_PASS")?),
        ("SMTP_HOST", "127.0.0.1"),
        ("SMTP_PORT", &sink_port.to_string()),
        ("SMTP_TLS", "none"),
        ("SMTP_USER", ""),
        ("SMTP_TIMEOUT", "2"),
        ("SMTP_FROM", &mailbox),
    ] {
        environment.insert(name.to_owned(), value.to_owned());
    }
    for name in ["PATH", "HOME", "LANG", "QUEUE_TRANSPORT"] {
        environment.extend(std::env::var(name).map(|value| (name.to_owned(), value)));
    }
    Ok(environment)
}

/// Runs `workers …` to its end and returns what it printed.
async fn workers(environment: &Environment, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let program = programs_dir()?.join("workers");
    let mut command = Command::new(&program);
    command.args(arguments).env_clear().envs(environment).kill_on_drop(true);
    let ended = tokio::time::timeout(READY_MAX, command.output()).await?;
    let ended = ended.with_context(|| format!("{} cannot be run; build it first", program.display()))?;
    let error = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success(), "workers {} failed: {error}", arguments.join(" "));
    Ok(ended.stdout)
}

/// The programs of the profile this one was built with.
fn programs_dir() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().context("a program stands in a directory")?.to_owned())
}

/// Removes what the last run left to be looked at.
fn clear(state: &Path) -> anyhow::Result<()> {
    for name in ["run", "files"] {
        let path = state.join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path)
                .with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    Ok(std::fs::create_dir_all(state.join("run"))?)
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
