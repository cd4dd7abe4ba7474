//! The servers that `scripts/services` starts, in a state directory that only drills use.

use anyhow::{Context, ensure};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;

/// Variables of programs and scripts, by name.
pub type Environment = BTreeMap<String, String>;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// The first time programs are fetched and a data directory is made.
const PATIENCE: Duration = Duration::from_secs(300);
/// Another drill may be at it.
const TURN_MAX: Duration = Duration::from_secs(600);

/// Running servers and what they tell their users.
pub struct Services {
    state: PathBuf,
    told: Environment,
    /// One drill at a time: released with this value.
    _turn: File,
}

impl Services {
    /// Starts PostgreSQL, Valkey, Dovecot and its SMTP server, unless an earlier run has left them.
    pub async fn up() -> anyhow::Result<Self> {
        let named =
            script("scripts/lib/common.sh", "ME=drill; source \"$0\"; named_state drill", None).await?;
        let state = PathBuf::from(named.trim());
        std::fs::create_dir_all(&state).with_context(|| format!("{} cannot be made", state.display()))?;
        let turn = take_turn(&state.join("drill.lock")).await?;
        let mut told = read(&script("scripts/services", "exec \"$0\" up", Some(&state)).await?);
        told.extend(read(&script("scripts/services", "exec \"$0\" mail up", Some(&state)).await?));
        Ok(Self { state, told, _turn: turn })
    }

    /// Starts what has ended, on the ports it had.
    pub async fn up_again(state: &Path) -> anyhow::Result<Environment> {
        Ok(read(&script("scripts/services", "exec \"$0\" up", Some(state)).await?))
    }

    /// Starts the mail servers again, on the ports they had.
    pub async fn mail_up_again(&self) -> anyhow::Result<()> {
        let told = read(&script("scripts/services", "exec \"$0\" mail up", Some(&self.state)).await?);
        for name in ["IMAP_PORT", "TEST_LMTP_PORT"] {
            let same = told.get(name) == self.told.get(name);
            ensure!(
                same,
                "another program took the port while the mail server was away: run the drill again"
            );
        }
        Ok(())
    }

    pub async fn down(&self) -> anyhow::Result<()> {
        script("scripts/services", "exec \"$0\" down", Some(&self.state)).await.map(drop)
    }

    pub fn state(&self) -> &Path {
        &self.state
    }

    /// A variable the servers told.
    pub fn get(&self, name: &str) -> anyhow::Result<&str> {
        self.told.get(name).map(String::as_str).with_context(|| format!("scripts/services told no {name}"))
    }
}

/// Runs a line of bash on a file of this checkout. Servers the caller has of their own are none of our business.
async fn script(file: &str, line: &str, state: Option<&Path>) -> anyhow::Result<String> {
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", line]).arg(format!("{ROOT}/{file}")).current_dir(ROOT);
    command.env_remove("DATABASE_URL").env_remove("REDIS_URL").env_remove("ASISTTR_STATE").kill_on_drop(true);
    if let Some(state) = state {
        command.env("ASISTTR_STATE", state);
    }
    let ended = tokio::time::timeout(PATIENCE, command.output())
        .await
        .with_context(|| format!("{file}: no end"))??;
    let error = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success(), "{file} failed: {error}");
    Ok(String::from_utf8(ended.stdout)?)
}

async fn take_turn(path: &Path) -> anyhow::Result<File> {
    let file = File::create(path)?;
    let began = std::time::Instant::now();
    while file.try_lock().is_err() {
        ensure!(began.elapsed() < TURN_MAX, "another drill has been running for ten minutes");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(file)
}

/// Reads lines of `export NAME=value` as bash's `printf %q` writes plain values.
fn read(text: &str) -> Environment {
    let pairs = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').replace('\\', ""))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_scripts_export_is_read_back() {
        let told = read("export A=postgres://u:p@127.0.0.1:5/db\nexport B=''\nnoise\nexport C=a\\ b\n");
        assert_eq!(told["A"], "postgres://u:p@127.0.0.1:5/db");
        assert_eq!((told["B"].as_str(), told["C"].as_str(), told.len()), ("", "a b", 3));
    }
}
