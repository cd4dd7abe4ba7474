//! Where a ticket stands: the key of one of its site's statuses, and what that means to the rules.

use std::fmt;

use serde::Serialize;

use super::kind::Kind;
use super::status::Status;

/// Names a status within its site: one of the six every site has, or one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct StatusKey(String);

/// Characters of a key.
pub const STATUS_KEY_CHARS_MAX: usize = 50;

impl StatusKey {
    /// From 1 to 50 small letters a to z and underscores.
    pub fn parse(text: &str) -> Option<StatusKey> {
        let is_key = (1..=STATUS_KEY_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_key.then(|| StatusKey(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The status of every site that it names, if it is one of those.
    pub fn preset(&self) -> Option<Status> {
        Status::parse(&self.0)
    }
}

impl From<Status> for StatusKey {
    fn from(status: Status) -> Self {
        StatusKey(status.as_str().to_owned())
    }
}

impl PartialEq<Status> for StatusKey {
    fn eq(&self, status: &Status) -> bool {
        self.0 == status.as_str()
    }
}

impl fmt::Display for StatusKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A status as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Standing {
    pub key: StatusKey,
    pub kind: Kind,
}

impl Standing {
    /// What the database says: a key it has stored, and its kind. Words that no rule knows are read as open, so that
    /// nothing is closed or reopened by mistake.
    pub fn of_row(key: &str, kind: &str) -> Standing {
        let key = StatusKey::parse(key).unwrap_or_else(|| Status::Open.into());
        Standing { key, kind: Kind::parse(kind).unwrap_or(Kind::Open) }
    }
}

impl From<Status> for Standing {
    fn from(status: Status) -> Self {
        Standing { key: status.into(), kind: status.into() }
    }
}
