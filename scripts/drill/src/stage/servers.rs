//! The private PostgreSQL and Valkey as processes that can be hurt: found by the pid files of their state directory.

use super::processes::signal;
use super::services::Services;
use crate::facts;
use anyhow::{Context, ensure};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

const PATIENCE: Duration = Duration::from_secs(60);

/// The drill's PostgreSQL.
pub struct Postgres {
    state: PathBuf,
    url: String,
}

/// The drill's Valkey.
pub struct Valkey {
    state: PathBuf,
    url: String,
}

impl Postgres {
    pub fn of(services: &Services) -> anyhow::Result<Self> {
        Ok(Self { state: services.state().to_owned(), url: services.get("DATABASE_URL")?.to_owned() })
    }

    /// `pg_ctl restart -m fast`, as the user the server runs as; it answers again when this returns.
    pub async fn restart_fast(&self) -> anyhow::Result<()> {
        let bin = std::fs::read_to_string(self.state.join("pg.bin"))?;
        let owner = std::fs::metadata(format!("/proc/{}", self.postmaster()?))?;
        let mut command = Command::new(Path::new(bin.trim()).join("pg_ctl"));
        command.args(["-s", "-w", "-t", "60", "-m", "fast"]).arg("-D").arg(self.state.join("pg/data"));
        command.arg("-l").arg(self.state.join("pg/server.log")).arg("restart").current_dir(&self.state);
        if std::fs::metadata("/proc/self")?.uid() != owner.uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ended = tokio::time::timeout(PATIENCE, command.status()).await??;
        ensure!(ended.success(), "pg_ctl restart failed; see {}/pg/server.log", self.state.display());
        Ok(())
    }

    /// SIGKILL of one backend: the server ends all others, recovers, and answers again when this returns.
    pub async fn kill_backend(&self, pid: u32) -> anyhow::Result<()> {
        signal(pid, "KILL").await?;
        gone(pid).await?;
        // It takes the postmaster a moment to learn of it; until then it still answers.
        tokio::time::sleep(Duration::from_millis(200)).await;
        facts::wait_answer(&self.url, PATIENCE).await
    }

    /// SIGKILL of the postmaster; its backends notice and end.
    pub async fn kill(&self) -> anyhow::Result<()> {
        let pid = self.postmaster()?;
        signal(pid, "KILL").await?;
        gone(pid).await
    }

    /// Starts it again where it was.
    pub async fn start(&self) -> anyhow::Result<()> {
        same(&Services::up_again(&self.state).await?, "DATABASE_URL", &self.url)
    }

    fn postmaster(&self) -> anyhow::Result<u32> {
        pid(&self.state.join("pg/data/postmaster.pid"))
    }
}

impl Valkey {
    pub fn of(services: &Services) -> anyhow::Result<Self> {
        Ok(Self { state: services.state().to_owned(), url: services.get("REDIS_URL")?.to_owned() })
    }

    /// Everything in it is gone.
    pub async fn flush(&self) -> anyhow::Result<()> {
        let mut conn = redis::Client::open(self.url.as_str())?.get_multiplexed_async_connection().await?;
        Ok(redis::cmd("FLUSHALL").query_async(&mut conn).await?)
    }

    /// SIGSTOP, and SIGCONT after `length`, or when the drill is left early.
    pub async fn stop_for(&self, length: Duration) -> anyhow::Result<()> {
        let pid = self.pid()?;
        signal(pid, "STOP").await?;
        let _goes_on = Stopped(pid);
        tokio::time::sleep(length).await;
        Ok(())
    }

    /// SIGKILL or SIGTERM, and waits until it has ended.
    pub async fn end(&self, name: &str) -> anyhow::Result<()> {
        let pid = self.pid()?;
        signal(pid, name).await?;
        gone(pid).await
    }

    /// Starts it again where it was.
    pub async fn start(&self) -> anyhow::Result<()> {
        same(&Services::up_again(&self.state).await?, "REDIS_URL", &self.url)
    }

    fn pid(&self) -> anyhow::Result<u32> {
        pid(&self.state.join("redis/server.pid"))
    }
}

/// Goes on when dropped.
struct Stopped(u32);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").args(["-CONT", &self.0.to_string()]).status();
    }
}

fn pid(file: &Path) -> anyhow::Result<u32> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
    pid.with_context(|| format!("{} names no process", file.display()))
}

/// Waits until a process has ended; one that nobody has reaped counts as ended.
pub async fn gone(pid: u32) -> anyhow::Result<()> {
    let since = Instant::now();
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        if stat.rsplit(") ").next().is_none_or(|rest| rest.is_empty() || rest.starts_with('Z')) {
            return Ok(());
        }
        ensure!(since.elapsed() < PATIENCE, "process {pid} does not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn same(told: &super::services::Environment, name: &str, url: &str) -> anyhow::Result<()> {
    let now = told.get(name).map_or("", String::as_str);
    ensure!(now == url, "another program took the port while the server was away: run the drill again");
    Ok(())
}
