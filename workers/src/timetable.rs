//! What the clock enqueues, and when.
//!
//! | job | when (UTC) |
//! |---|---|
//! | `sla.sweep` | every 5 minutes |
//! | `autoclose.sweep` | every 30 minutes |
//! | `mailbox.sweep` | every 10 seconds |
//! | `tickets.index-sweep` | every minute |
//! | `upkeep.tidy` | at minute 17 of every hour |
//! | `upkeep.files` | at 01:41 every day |

use chrono::{DateTime, Utc};
use jobs::{NewJob, autoclose, mailbox, sla, tickets, upkeep};

/// One line of the timetable.
#[derive(Clone, Copy)]
pub struct Line {
    pub kind: &'static str,
    /// Second, minute, hour, day, month, weekday.
    pub cron: &'static str,
    /// Seconds from one tick to the next, and the offset of the first within the epoch.
    pub period_seconds: i64,
    pub offset_seconds: i64,
    pub job: fn(DateTime<Utc>) -> NewJob,
}

/// The whole timetable.
pub const TIMETABLE: &[Line] = &[
    Line {
        kind: "sla.sweep",
        cron: "0 */5 * * * *",
        period_seconds: 300,
        offset_seconds: 0,
        job: |tick| NewJob::of(&sla::Sweep { tick }),
    },
    Line {
        kind: "autoclose.sweep",
        cron: "0 */30 * * * *",
        period_seconds: 1800,
        offset_seconds: 0,
        job: |tick| NewJob::of(&autoclose::Sweep { tick }),
    },
    Line {
        kind: "mailbox.sweep",
        cron: "*/10 * * * * *",
        period_seconds: 10,
        offset_seconds: 0,
        job: |tick| NewJob::of(&mailbox::Sweep { tick }),
    },
    Line {
        kind: "tickets.index-sweep",
        cron: "0 * * * * *",
        period_seconds: 60,
        offset_seconds: 0,
        job: |tick| NewJob::of(&tickets::IndexSweep { tick }),
    },
    Line {
        kind: "upkeep.tidy",
        cron: "0 17 * * * *",
        period_seconds: 3600,
        offset_seconds: 17 * 60,
        job: |tick| NewJob::of(&upkeep::Tidy { tick }),
    },
    Line {
        kind: "upkeep.files",
        cron: "0 41 1 * * *",
        period_seconds: 86_400,
        offset_seconds: 3600 + 41 * 60,
        job: |tick| NewJob::of(&upkeep::SweepFiles { tick }),
    },
];

impl Line {
    /// The latest tick that is not after `now`: the same instant on every clock, however late it wakes.
    #[must_use]
    pub fn tick_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let since = (now.timestamp() - self.offset_seconds).rem_euclid(self.period_seconds);
        DateTime::from_timestamp(now.timestamp() - since, 0).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(kind: &str, now: &str) -> String {
        let line = TIMETABLE.iter().find(|line| line.kind == kind).unwrap();
        line.tick_at(now.parse().unwrap()).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    #[test]
    fn clocks_that_wake_at_different_moments_name_the_same_tick() {
        assert_eq!(tick("sla.sweep", "2026-11-20T09:05:00Z"), "2026-11-20T09:05:00Z");
        assert_eq!(tick("sla.sweep", "2026-11-20T09:09:59.999Z"), "2026-11-20T09:05:00Z");
        assert_eq!(tick("autoclose.sweep", "2026-11-20T09:29:59Z"), "2026-11-20T09:00:00Z");
        assert_eq!(tick("upkeep.tidy", "2026-11-20T09:16:59Z"), "2026-11-20T08:17:00Z");
        assert_eq!(tick("upkeep.tidy", "2026-11-20T09:17:00Z"), "2026-11-20T09:17:00Z");
        assert_eq!(tick("upkeep.files", "2026-11-20T01:40:59Z"), "2026-11-19T01:41:00Z");
        assert_eq!(tick("upkeep.files", "2026-11-20T23:00:00Z"), "2026-11-20T01:41:00Z");
    }

    #[test]
    fn every_line_makes_the_kind_it_names_once() {
        let now = Utc::now();
        for line in TIMETABLE {
            assert_eq!((line.job)(now).kind, line.kind);
        }
        let kinds: std::collections::HashSet<_> = TIMETABLE.iter().map(|line| line.kind).collect();
        assert_eq!(kinds.len(), TIMETABLE.len());
    }
}
