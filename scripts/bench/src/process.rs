//! The measured programs as child processes. Dropping one kills it, by its own pid and no other.

use crate::report::progress;
use anyhow::Context;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Longer than a worker's own grace for its jobs.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// What to start.
pub struct Launch<'a> {
    /// Names its log.
    pub name: &'a str,
    pub program: &'a Path,
    pub args: &'a [&'a str],
    /// All of its environment but PATH and HOME.
    pub env: &'a [(String, String)],
    pub logs: &'a Path,
}

/// A running program.
pub struct Process {
    pub pid: u32,
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it in `/`, so that no .env of the checkout reaches it.
    ///
    /// # Errors
    /// The program or its log cannot be opened.
    pub fn spawn(launch: Launch<'_>) -> anyhow::Result<Self> {
        let log = launch.logs.join(format!("{}.log", launch.name));
        let lines = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(launch.program);
        command.args(launch.args).env_clear().envs(launch.env.iter().map(|(name, value)| (name, value)));
        for name in ["PATH", "HOME"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.current_dir("/").stdin(Stdio::null()).stdout(lines.try_clone()?).stderr(lines);
        let child = command
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", launch.program.display()))?;
        let pid = child.id().context("it ended at once")?;
        Ok(Self { pid, name: launch.name.to_owned(), child, log })
    }

    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// # Errors
    /// It has ended; the sentence names its log.
    pub fn must_live(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.is_alive(), "{} has ended; its log is {}", self.name, self.log.display());
        Ok(())
    }

    /// Asks it to end, and kills it if it does not.
    pub async fn stop(mut self) {
        if !self.is_alive() {
            return;
        }
        let mut ask = Command::new("sh");
        ask.arg("-c").arg(format!("kill -TERM {}", self.pid)).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = ask.status().await;
        if tokio::time::timeout(STOP_PATIENCE, self.child.wait()).await.is_err() {
            progress(&format!("  {} did not end when asked and is killed", self.name));
            let _ = self.child.kill().await;
        }
    }
}
