//! Instants as clients read them.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};

/// Now, in the microseconds that the database keeps: what is answered is what is stored.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// RFC 3339 in UTC, ending in `Z`.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
