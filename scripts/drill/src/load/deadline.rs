//! Deadlines that fall into the drill: every second of them warns, the others are breached.

use crate::facts::Facts;
use crate::intents::{Deadline, Intent, Log};

/// Arranges it, and notes it only if it is certain.
pub async fn arrange(facts: &Facts, log: &Log, index: usize, intent: &Intent, number: u64) {
    let deadline = if number.is_multiple_of(2) { Deadline::Warning } else { Deadline::Breach };
    match facts.arrange(&intent.address(), deadline).await {
        Ok(true) => log.arranged(index, deadline),
        Ok(false) => eprintln!("drill: the ticket of {} or its watch is not there", intent.id),
        // The database is being hurt; this ticket's warning is then only checked not to be doubled.
        Err(_) => {}
    }
}
