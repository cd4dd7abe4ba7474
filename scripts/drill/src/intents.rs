//! The intent log: what was asked for, and what its client heard.
//!
//! An intent carries its own id in the address it is sent from, so that everything that comes of it can be told
//! apart on the outside: the ticket's sender, the confirmation's recipient, a mail's Message-ID.

use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

const DOMAIN: &str = "drill.test";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The support form, over HTTP.
    Support,
    /// A form of the site's own, over HTTP; a job makes its ticket.
    Form,
    /// A mail into the desk's mailbox.
    Mail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Nothing was heard: it happened once or not at all.
    Unknown,
    /// Accepted: it happens exactly once.
    Ok,
    /// Refused: it never happens.
    Refused,
}

/// What was arranged to fall due at the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    Warning,
    Breach,
    /// Resolved 48 hours ago, so it closes.
    Closing,
}

#[derive(Clone, Debug, Serialize)]
pub struct Intent {
    pub id: Uuid,
    pub kind: Kind,
    pub heard: Heard,
    /// None when nothing was arranged, or when it is not known whether it was.
    pub deadline: Option<Deadline>,
}

impl Intent {
    /// The sender's address, which names the intent.
    pub fn address(&self) -> String {
        format!("i{}@{DOMAIN}", self.id.simple())
    }
}

/// The intent that an address or Message-ID names.
pub fn named_in(text: &str) -> Option<Uuid> {
    let start = text.find('i')?;
    let id = text.get(start + 1..start + 33).and_then(|hex| hex.parse().ok());
    id.or_else(|| named_in(&text[start + 1..]))
}

/// Every intent of this run in the order of asking, and how often each HTTP answer was heard.
#[derive(Default)]
pub struct Log {
    intents: Mutex<Vec<Intent>>,
    answers: Mutex<BTreeMap<u16, usize>>,
}

impl Log {
    /// Notes an intent before its first byte leaves.
    pub fn invoke(&self, kind: Kind) -> (usize, Intent) {
        let intent = Intent { id: Uuid::now_v7(), kind, heard: Heard::Unknown, deadline: None };
        let mut intents = self.lock();
        intents.push(intent.clone());
        (intents.len() - 1, intent)
    }

    pub fn heard(&self, index: usize, heard: Heard) {
        self.lock()[index].heard = heard;
    }

    pub fn arranged(&self, index: usize, deadline: Deadline) {
        self.lock()[index].deadline = Some(deadline);
    }

    pub fn answered(&self, status: u16) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
    }

    /// The answers since the last call.
    pub fn take_answers(&self) -> BTreeMap<u16, usize> {
        std::mem::take(&mut *self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// A copy of what is noted.
    pub fn intents(&self) -> Vec<Intent> {
        self.lock().clone()
    }

    /// Leaves the log for whoever looks into a broken run.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let lines: Result<Vec<String>, _> = self.lock().iter().map(serde_json::to_string).collect();
        Ok(std::fs::write(path, lines?.join("\n"))?)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Intent>> {
        self.intents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_found_in_its_address_and_in_a_message_id() {
        let (_, intent) = Log::default().invoke(Kind::Mail);
        assert_eq!(named_in(&intent.address()), Some(intent.id));
        assert_eq!(named_in(&format!("<ticket.i{}.x@drill.test>", intent.id.simple())), Some(intent.id));
        assert_eq!(named_in("biri@baska.test"), None);
        assert_eq!(named_in("iğne@ü.test"), None);
        assert_eq!(named_in(""), None);
    }
}
