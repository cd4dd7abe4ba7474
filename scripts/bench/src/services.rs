//! The private PostgreSQL, Valkey and Dovecot of the bench: `scripts/services` in a state of their own.

use anyhow::{Context, ensure};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// Running servers, and which of them we started.
pub struct Services {
    pub state: PathBuf,
    env: HashMap<String, String>,
    /// What stops what we started; nothing if all ran before.
    stop: Option<&'static [&'static str]>,
    /// Held while we live: two benches at once would measure each other.
    _lock: File,
}

/// The checkout this program was built from.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Services {
    /// Starts what does not run yet.
    ///
    /// # Errors
    /// A server does not start, or another bench runs here.
    pub async fn up(state: Option<&Path>, mail: bool) -> anyhow::Result<Self> {
        let state = match state {
            Some(state) => std::path::absolute(state)?,
            None => default_state().await?,
        };
        fs::create_dir_all(&state)?;
        let lock = File::create(state.join("bench.lock"))?;
        ensure!(lock.try_lock().is_ok(), "another bench runs in {}", state.display());
        let mail_ran = is_open(&state.join("mail.env"), "IMAP_PORT=");
        let stop: Option<&[&str]> = match (is_open(&state.join("pg.port"), ""), mail && !mail_ran) {
            (false, _) => Some(&["down"]),
            (true, true) => Some(&["mail", "down"]),
            (true, false) => None,
        };
        let mut services = Self { state, env: HashMap::new(), stop, _lock: lock };
        let started = services.start(mail).await;
        if started.is_err() {
            services.down().await?;
        }
        started.map(|()| services)
    }

    /// A variable that `scripts/services` exports.
    ///
    /// # Errors
    /// It does not.
    pub fn var(&self, name: &str) -> anyhow::Result<&str> {
        self.env.get(name).map(String::as_str).with_context(|| format!("scripts/services exports no {name}"))
    }

    /// Stops what [`Services::up`] started; data is kept.
    ///
    /// # Errors
    /// The script fails.
    pub async fn down(&self) -> anyhow::Result<()> {
        let Some(args) = self.stop else { return Ok(()) };
        let status = self.script().args(args).stdout(Stdio::null()).status().await?;
        ensure!(status.success(), "scripts/services {} failed", args.join(" "));
        Ok(())
    }

    /// The shell that runs the script also reads what it exports, so that quoting is its own affair.
    async fn start(&mut self, mail: bool) -> anyhow::Result<()> {
        let steps = "set -e; t=$(\"$0\" up); eval \"$t\"; \
                     [ \"$1\" = no ] || { t=$(\"$0\" mail up); eval \"$t\"; }; env -0";
        let mut shell = self.command("bash");
        shell.arg("-c").arg(steps).arg(script()).arg(if mail { "yes" } else { "no" });
        let output = shell.stderr(Stdio::inherit()).output().await?;
        ensure!(output.status.success(), "the private servers did not start in {}", self.state.display());
        let text = String::from_utf8(output.stdout)?;
        self.env = text.split('\0').filter_map(|line| line.split_once('=')).map(owned).collect();
        Ok(())
    }

    fn script(&self) -> Command {
        self.command(script())
    }

    /// Servers of the caller's own are never measured: their processes are not ours to count.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("ASISTTR_STATE", &self.state).env_remove("DATABASE_URL").env_remove("REDIS_URL");
        command.stdin(Stdio::null());
        command
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn script() -> PathBuf {
    root().join("scripts/services")
}

/// As the scripts themselves name it: .local/bench, or beside /root when the servers' user may not enter there.
async fn default_state() -> anyhow::Result<PathBuf> {
    let common = root().join("scripts/lib/common.sh");
    let mut shell = Command::new("bash");
    shell.arg("-c").arg("set -euo pipefail; . \"$1\"; named_state bench").arg("bench").arg(common);
    let output = shell.stderr(Stdio::inherit()).output().await?;
    ensure!(output.status.success(), "scripts/lib/common.sh failed");
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

/// Whether a server listens on the port that stands in `file` behind `label`.
fn is_open(file: &Path, label: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let port = text.split_once(label).map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default());
    let port: Option<u16> = port.and_then(|port| port.parse().ok());
    port.is_some_and(|port| TcpStream::connect(("127.0.0.1", port)).is_ok())
}
