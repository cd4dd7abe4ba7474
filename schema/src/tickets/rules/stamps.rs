//! The times a ticket keeps about itself (A8-20).

use chrono::{DateTime, Utc};

use super::status::Status;

/// The three times that a change of status touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    pub updated_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// The times after a change to `to`. Leaving a status keeps its time: a reopened ticket still tells when it
/// was first thought solved.
pub fn stamped(before: Stamps, to: Status, now: DateTime<Utc>) -> Stamps {
    let updated = Stamps { updated_at: now, ..before };
    match to {
        Status::Resolved => Stamps { resolved_at: Some(now), ..updated },
        Status::Closed => Stamps { closed_at: Some(now), ..updated },
        _ => updated,
    }
}
