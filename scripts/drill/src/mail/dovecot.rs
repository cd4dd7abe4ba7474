//! The mailbox's server, hurt: restarted, and its folder made anew as far as clients can tell.

use crate::stage::{Stage, gone, signal};
use anyhow::{Context, ensure};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::Command;

pub struct Dovecot<'a> {
    stage: &'a Stage,
    folder: PathBuf,
}

impl<'a> Dovecot<'a> {
    pub fn of(stage: &'a Stage) -> Self {
        Self { stage, folder: stage.state.join("mail") }
    }

    /// Every connection breaks, and for a moment there is nobody.
    pub async fn restart(&self) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(self.folder.join("dovecot.pid"))?;
        let pid = text.split_whitespace().next().and_then(|pid| pid.parse().ok());
        let pid = pid.context("dovecot.pid names no process")?;
        signal(pid, "TERM").await?;
        gone(pid).await?;
        self.stage.mail_up_again().await
    }

    /// All UIDs that anybody remembers mean nothing any more.
    pub async fn new_validity(&self, validity: u32) -> anyhow::Result<()> {
        let mut command = Command::new("doveadm");
        command.arg("-c").arg(self.folder.join("dovecot.conf"));
        command.args(["mailbox", "update", "-u", &self.stage.desk.mailbox, "--uid-validity"]);
        command.arg(validity.to_string()).arg("INBOX").stdin(Stdio::null()).kill_on_drop(true);
        let ended = command.output().await.context("doveadm")?;
        ensure!(ended.status.success(), "doveadm: {}", String::from_utf8_lossy(&ended.stderr));
        Ok(())
    }
}
