//! The servers and the programs that all suites share.

use crate::cpu::{self, Meter};
use crate::database::{self, Database};
use crate::process::{Launch, Process};
use crate::report::progress;
use crate::services::{self, Services};
use crate::settings::Common;
use crate::stage::{self, Stage};
use anyhow::{Context, ensure};
use diesel::QueryableByName;
use diesel::sql_types::Integer;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use schema::ledger::wire::Transport;
use schema::sql::sql;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The servers and the programs; shared by all suites; [`Bench::close`] it.
pub struct Bench {
    pub services: Services,
    pub rounds: u16,
    pub transports: &'static [Transport],
    /// Where `edge` and `workers` lie: beside this program.
    programs: PathBuf,
    logs: PathBuf,
    postmaster: u32,
    valkey: u32,
}

#[derive(QueryableByName)]
struct Pid {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl Bench {
    /// Builds the programs, starts the servers and makes the template database.
    ///
    /// # Errors
    /// One of them fails.
    pub async fn open(common: &Common, mail: bool) -> anyhow::Result<Self> {
        let programs = Self::programs(common).await?;
        progress("starting the private servers");
        let services = Services::up(common.state.as_deref(), mail).await?;
        let (rounds, transports) = (common.rounds, common.transport.all());
        let logs = services.state.join("bench-logs");
        let mut bench = Self { services, rounds, transports, programs, logs, postmaster: 0, valkey: 0 };
        let ready = bench.prepare().await;
        if ready.is_err() {
            bench.services.down().await?;
        }
        ready.map(|()| bench)
    }

    /// The folder of the programs, built unless that is declined.
    ///
    /// # Errors
    /// They cannot be built.
    pub async fn programs(common: &Common) -> anyhow::Result<PathBuf> {
        let programs = std::env::current_exe()?.parent().context("this program lies nowhere")?.to_owned();
        if !common.no_build {
            build(&programs).await?;
        }
        Ok(programs)
    }

    async fn prepare(&mut self) -> anyhow::Result<()> {
        let _ = fs::remove_dir_all(&self.logs);
        fs::create_dir_all(&self.logs)?;
        let server = self.services.var("DATABASE_URL")?.to_owned();
        database::prepare(&server).await?;
        let mut conn = AsyncPgConnection::establish(&server).await?;
        let backend: Pid = sql("select pg_backend_pid() as pid").get_result(&mut conn).await?;
        self.postmaster = cpu::parent(u32::try_from(backend.pid)?)?;
        self.valkey = valkey_pid(self.services.var("REDIS_URL")?).await?;
        Ok(())
    }

    /// Drops the databases and stops the servers that were started here.
    ///
    /// # Errors
    /// A server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        let cleared = match self.services.var("DATABASE_URL") {
            Ok(server) => database::clear(server).await,
            Err(error) => Err(error),
        };
        let _ = fs::remove_dir_all(stage::files(&self.services));
        self.services.down().await?;
        cleared
    }

    /// A meter that charges the two servers.
    #[must_use]
    pub fn meter(&self) -> Meter {
        Meter::default().family("postgres", self.postmaster).process("redis", self.valkey)
    }

    /// A stage with a fresh database.
    ///
    /// # Errors
    /// A server is away.
    pub async fn stage(&self, transport: Transport) -> anyhow::Result<Stage> {
        Stage::open(&self.services, transport).await
    }

    /// A stage on a database that outlives the bench, and whether it is new.
    ///
    /// # Errors
    /// A server is away.
    pub async fn kept_stage(&self, transport: Transport, name: &str) -> anyhow::Result<(Stage, bool)> {
        let (database, is_new) = Database::kept(self.services.var("DATABASE_URL")?, name).await?;
        Ok((Stage::on(database, &self.services, transport).await?, is_new))
    }

    /// Starts the real `edge` or `workers`.
    ///
    /// # Errors
    /// The program is missing.
    pub fn spawn(&self, stage: &Stage, program: &str, args: &[&str]) -> anyhow::Result<Process> {
        self.spawn_with(stage, program, args, &[])
    }

    /// The same with more in its environment.
    ///
    /// # Errors
    /// The program is missing.
    pub fn spawn_with(
        &self,
        stage: &Stage,
        program: &str,
        args: &[&str],
        more: &[(&str, String)],
    ) -> anyhow::Result<Process> {
        let path = self.programs.join(program);
        ensure!(path.is_file(), "{} is missing; run without --no-build", path.display());
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let env: Vec<_> = stage.env().into_iter().chain(more).collect();
        let name = [&[program], args].concat().join("-");
        Process::spawn(Launch { name: &name, program: &path, args, env: &env, logs: &self.logs })
    }
}

/// Builds what is measured, in this program's own profile.
async fn build(programs: &Path) -> anyhow::Result<()> {
    progress("building edge and workers");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = tokio::process::Command::new(cargo);
    command.args(["build", "--locked", "-p", "edge", "-p", "workers", "--bins", "--target-dir"]);
    command.arg(programs.parent().context("this program lies at the root")?);
    if programs.ends_with("release") {
        command.arg("--release");
    }
    let status =
        command.current_dir(services::root()).stdin(Stdio::null()).stdout(Stdio::null()).status().await?;
    ensure!(status.success(), "edge and workers could not be built");
    Ok(())
}

async fn valkey_pid(url: &str) -> anyhow::Result<u32> {
    let mut redis = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    let info: String = redis::cmd("INFO").arg("server").query_async(&mut redis).await?;
    let line =
        info.lines().find_map(|line| line.strip_prefix("process_id:")).context("INFO names no process")?;
    Ok(line.trim().parse()?)
}
