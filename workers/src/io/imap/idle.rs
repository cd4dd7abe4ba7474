//! Waiting for new mail.

use std::time::Duration;

use async_imap::imap_proto::Response;
use tokio::time::{Instant, sleep, timeout_at};

use super::ImapError;
use super::connect::step;
use super::mailbox::{Mailbox, ended};

/// An IDLE is renewed after this. Servers end one after 29 minutes; a shorter one notices a dead line sooner.
const IDLE_MAX: Duration = Duration::from_secs(5 * 60);

/// How the waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The folder grew: list it.
    Mail,
    /// The time was up.
    Nothing,
}

impl Mailbox {
    /// Waits until the open folder grows, at most `max`. With IDLE where the server has it, by asking now
    /// and then where it has not. May be cancelled by dropping the mailbox.
    ///
    /// # Errors
    /// Any but `Refused`.
    pub async fn idle_until_news(&mut self, max: Duration) -> Result<News, ImapError> {
        let until = Instant::now() + max;
        while !self.has_news {
            let now = Instant::now();
            if now >= until {
                return Ok(News::Nothing);
            }
            if self.can_idle {
                self.idle_once(until.min(now + IDLE_MAX)).await?;
            } else {
                self.ask(until.min(now + self.timeouts.poll) - now).await?;
            }
        }
        Ok(News::Mail)
    }

    async fn ask(&mut self, pause: Duration) -> Result<(), ImapError> {
        sleep(pause).await;
        step(self.timeouts.command, "asking for news", self.run("NOOP", |_| Ok(()))).await
    }

    /// One IDLE, from its beginning to its end.
    async fn idle_once(&mut self, until: Instant) -> Result<(), ImapError> {
        let max = self.timeouts.command;
        let id = step(max, "beginning to wait", async {
            let id = self.session.run_command("IDLE").await?;
            loop {
                let answer = self.session.read_response().await?.ok_or_else(ImapError::lost)?;
                match answer.parsed() {
                    Response::Continue { .. } => return Ok(id),
                    Response::Done { tag, .. } if *tag == id => {
                        return Err(ImapError::Protocol("the server refused IDLE".to_owned()));
                    }
                    other => self.notice(other),
                }
            }
        })
        .await?;
        while !self.has_news {
            let Ok(answer) = timeout_at(until, self.session.read_response()).await else { break };
            self.notice(answer?.ok_or_else(ImapError::lost)?.parsed());
        }
        step(max, "ending to wait", async {
            self.session.run_command_untagged("DONE").await?;
            loop {
                let answer = self.session.read_response().await?.ok_or_else(ImapError::lost)?;
                match answer.parsed() {
                    Response::Done { tag, status, .. } if *tag == id => return ended(status),
                    other => self.notice(other),
                }
            }
        })
        .await
    }
}
