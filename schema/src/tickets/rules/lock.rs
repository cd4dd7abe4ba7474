//! How long a ticket stays with whoever is writing in it (A8-37).

use chrono::{DateTime, TimeDelta, Utc};

/// A lock that is not taken again for so long is none any more.
pub const LOCK_LASTS: TimeDelta = TimeDelta::minutes(15);

/// When a lock taken or renewed at `now` runs out.
pub fn lock_expires(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(LOCK_LASTS).unwrap_or(now)
}
