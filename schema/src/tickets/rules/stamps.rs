//! The times a ticket keeps about itself (A8-20).

use chrono::{DateTime, Utc};

use super::kind::Kind;

/// The three times that a change of status touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    pub updated_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// The times after a change to a status of the kind `to`. Leaving a status keeps its time: a reopened ticket still tells when it
/// was first thought solved.
pub fn stamped(before: Stamps, to: impl Into<Kind>, now: DateTime<Utc>) -> Stamps {
    let updated = Stamps { updated_at: now, ..before };
    match to.into() {
        Kind::Resolved => Stamps { resolved_at: Some(now), ..updated },
        Kind::Closed => Stamps { closed_at: Some(now), ..updated },
        _ => updated,
    }
}
