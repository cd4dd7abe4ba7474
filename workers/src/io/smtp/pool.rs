//! Connections that wait for their next mail.
//!
//! Our own few lines instead of the library's pool, because that one takes a connection back whose
//! conversation was cut short by a time-out: the next mail would read the last one's answers.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::client::AsyncSmtpConnection;

const IDLE_MAX: usize = 8;
/// Servers close idle connections after minutes; we do before them.
const IDLE_AGE_MAX: Duration = Duration::from_secs(30);
/// Some servers count mails per connection.
const MAILS_MAX: u32 = 100;

/// A connection, and how often it was used.
pub(super) struct Line {
    pub(super) connection: AsyncSmtpConnection,
    pub(super) mails: u32,
}

struct Idle {
    line: Line,
    since: Instant,
}

#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Idle>>);

impl Pool {
    /// The youngest idle connection.
    pub(super) fn take(&self) -> Option<Line> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|one| one.since.elapsed() < IDLE_AGE_MAX);
        idle.pop().map(|one| one.line)
    }

    /// Takes back a connection whose last mail was accepted or refused in good order.
    pub(super) fn give_back(&self, line: Line) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX && line.mails < MAILS_MAX && !line.connection.has_broken() {
            idle.push(Idle { line, since: Instant::now() });
        }
    }
}
