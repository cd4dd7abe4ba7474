//! The 48 hours after a solution: a reply within them reopens, silence closes.

use chrono::{DateTime, TimeDelta, Utc};

use super::kind::Kind;
use super::standing::Standing;
use super::status::Status;

/// How long a solved ticket waits for an objection. Clock hours, nights and weekends included.
pub const REOPENS_FOR: TimeDelta = TimeDelta::hours(48);

/// What a customer's reply does to the ticket it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyEffect {
    /// The reply is added, the status stays.
    Keep,
    /// The awaited answer has come: `waiting_reply` becomes `open`.
    Open,
    /// The solution was none: `resolved` becomes `open`, with a new due date from now on.
    Reopen,
    /// Too late. The reply becomes a new ticket that names this one; if this one still stands at `resolved`
    /// it is closed.
    NewTicket,
}

/// A resolved ticket without a time of solution (an import, say) is reopened: asking once too often is the
/// smaller harm.
///
/// Of the waiting statuses only `waiting_reply` waits for the customer; one of a site's own stays as it is.
pub fn reply_effect(
    standing: impl Into<Standing>,
    resolved_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> ReplyEffect {
    let Standing { key, kind } = standing.into();
    match kind {
        Kind::Waiting if key == Status::WaitingReply => ReplyEffect::Open,
        Kind::New | Kind::Open | Kind::Waiting => ReplyEffect::Keep,
        Kind::Resolved if closes_by_itself(kind, resolved_at, now) => ReplyEffect::NewTicket,
        Kind::Resolved => ReplyEffect::Reopen,
        Kind::Closed => ReplyEffect::NewTicket,
    }
}

/// The instant from which a ticket solved at `resolved_at` counts as closed.
pub fn autoclose_at(resolved_at: DateTime<Utc>) -> DateTime<Utc> {
    resolved_at.checked_add_signed(REOPENS_FOR).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Whether a ticket is due to be closed by the system.
pub fn closes_by_itself(
    kind: impl Into<Kind>,
    resolved_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    kind.into() == Kind::Resolved && resolved_at.is_some_and(|resolved_at| autoclose_at(resolved_at) <= now)
}
