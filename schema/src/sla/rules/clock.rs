//! The clock of one ticket: by when it is due, and the statuses in which time stands still.
//!
//! ```text
//!   running ──── a status that pauses ────▶ standing (since, remaining)
//!   due = deadline(start, target + stood)       │
//!      ▲                                        │ any other status
//!      └──── due = deadline(now, remaining) ────┘    stood += working time since
//! ```
//!
//! What remains is kept as working time, to the second: hours that are changed meanwhile count from the moment the
//! clock runs again, and a pause over closed hours moves nothing. A clock that has run out is not stopped.

use chrono::{DateTime, TimeDelta, Utc};

use super::targets::Targets;
use crate::hours::rules::Calendar;
use crate::tickets::rules::{Kind, Priority};

/// A ticket's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// By when the ticket must be solved; while the clock stands, as it was when it was stopped. None without a
    /// working day ahead.
    pub due: Option<DateTime<Utc>>,
    pub standing: Option<Standing>,
    /// Working time for which it stood still before.
    pub stood: TimeDelta,
}

/// A stopped clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub since: DateTime<Utc>,
    /// Working time that was left.
    pub remaining: TimeDelta,
}

/// Whether a site may have the clock stand still in a status of this kind: where someone other than its agents must act.
pub const fn may_pause(kind: Kind) -> bool {
    matches!(kind, Kind::Waiting)
}

impl Clock {
    /// A clock that starts now, as at creation and at reopening.
    pub const fn started(due: Option<DateTime<Utc>>) -> Clock {
        Clock { due, standing: None, stood: TimeDelta::zero() }
    }

    /// The clock after the ticket has come into a status that pauses or does not.
    #[must_use]
    pub fn turned(self, calendar: &Calendar, pauses: bool, now: DateTime<Utc>) -> Clock {
        match (self.standing, pauses) {
            (None, true) => self.stopped(calendar, now),
            (Some(standing), false) => Clock {
                due: calendar.deadline(now, standing.remaining),
                standing: None,
                stood: self.stood + calendar.working_time(standing.since, now),
            },
            (None, false) | (Some(_), true) => self,
        }
    }

    /// The clock after a change of priority: reckoned from the ticket's creation (A9-21), as if it had always had
    /// that priority, pauses granted.
    #[must_use]
    pub fn reprioritized(
        self,
        calendar: &Calendar,
        targets: &Targets,
        priority: Priority,
        created_at: DateTime<Utc>,
    ) -> Clock {
        let due = calendar.deadline(created_at, targets.working(priority) + self.stood);
        let running = Clock { due, standing: None, ..self };
        match self.standing {
            Some(standing) => running.stopped(calendar, standing.since),
            None => running,
        }
    }

    fn stopped(self, calendar: &Calendar, now: DateTime<Utc>) -> Clock {
        let standing = self
            .due
            .filter(|due| *due >= now)
            .map(|due| Standing { since: now, remaining: calendar.working_time(now, due) });
        Clock { standing, ..self }
    }
}

#[cfg(test)]
mod tests;
