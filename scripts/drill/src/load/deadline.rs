//! What falls due within the drill: warnings, breaches, and tickets that close after 48 hours.

use crate::facts::Facts;
use crate::intents::{Deadline, Intent, Log};
use std::time::Duration;

const TRIES_MAX: usize = 30;
const PAUSE: Duration = Duration::from_millis(100);

/// Turn by turn.
pub fn of_number(number: u64) -> Deadline {
    match number % 3 {
        0 => Deadline::Warning,
        1 => Deadline::Breach,
        _ => Deadline::Closing,
    }
}

/// Arranges it, and notes it only if it is certain. When the database is being hurt it is given up: then the ticket is
/// only checked not to have been told twice.
pub async fn arrange(facts: &Facts, log: &Log, index: usize, intent: &Intent, deadline: Deadline) {
    for _ in 0..TRIES_MAX {
        match facts.arrange(&intent.address(), deadline).await {
            Ok(true) => return log.arranged(index, deadline),
            // Its agent is still to come.
            Ok(false) => tokio::time::sleep(PAUSE).await,
            Err(_) => return,
        }
    }
}
