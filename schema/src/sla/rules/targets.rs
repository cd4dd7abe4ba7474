//! By when a ticket must be solved.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::hours::rules::Calendar;
use crate::tickets::rules::Priority;

/// The longest promise a site can make: a year of minutes.
pub const TARGET_MINUTES_MAX: u32 = 366 * 24 * 60;

/// Minutes of working time a site promises per priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    pub low_minutes: u32,
    pub normal_minutes: u32,
    pub high_minutes: u32,
    pub urgent_minutes: u32,
}

/// A promise of nothing, or of more than a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a target has from 1 to {TARGET_MINUTES_MAX} minutes, {0:?} has {1}")]
pub struct TargetOutOfRange(pub Priority, pub u32);

/// When a ticket of this priority, begun at `start`, must be solved; none if the calendar has no working
/// day. A change of priority is reckoned from the ticket's creation, a reopening from the reopening.
pub fn due(
    calendar: &Calendar,
    targets: &Targets,
    priority: Priority,
    start: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    calendar.deadline(start, targets.working(priority))
}

/// Whether a solution came too late (A8-21). Without a due date nothing is late.
pub fn is_late(resolved_at: DateTime<Utc>, due: Option<DateTime<Utc>>) -> bool {
    due.is_some_and(|due| due < resolved_at)
}

impl Targets {
    pub const fn minutes(&self, priority: Priority) -> u32 {
        match priority {
            Priority::Low => self.low_minutes,
            Priority::Normal => self.normal_minutes,
            Priority::High => self.high_minutes,
            Priority::Urgent => self.urgent_minutes,
        }
    }

    pub fn working(&self, priority: Priority) -> TimeDelta {
        TimeDelta::minutes(self.minutes(priority).into())
    }

    /// # Errors
    /// Names the first priority whose target is zero or longer than a year.
    pub fn check(&self) -> Result<(), TargetOutOfRange> {
        let bad = |priority: &Priority| !(1..=TARGET_MINUTES_MAX).contains(&self.minutes(*priority));
        match Priority::ALL.into_iter().find(bad) {
            Some(priority) => Err(TargetOutOfRange(priority, self.minutes(priority))),
            None => Ok(()),
        }
    }
}

/// 24, 8, 4 and 1 hours.
impl Default for Targets {
    fn default() -> Targets {
        Targets { low_minutes: 24 * 60, normal_minutes: 8 * 60, high_minutes: 4 * 60, urgent_minutes: 60 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A9-08…11 on the hours of a new site: Friday 2026-01-09 17:55 in Istanbul.
    #[test]
    fn each_priority_has_its_own_due_date() {
        let calendar = Calendar::default_for(chrono_tz::Europe::Istanbul);
        let start = "2026-01-09T14:55:00Z".parse().unwrap();
        let expected = [
            (Priority::Urgent, "2026-01-12T06:55:00Z"),
            (Priority::High, "2026-01-12T09:55:00Z"),
            (Priority::Normal, "2026-01-12T13:55:00Z"),
            (Priority::Low, "2026-01-14T11:55:00Z"),
        ];
        for (priority, instant) in expected {
            let due = due(&calendar, &Targets::default(), priority, start);
            assert_eq!(due, Some(instant.parse().unwrap()), "{priority}");
        }
    }

    #[test]
    fn a_solution_is_late_only_after_its_due_date() {
        let due: DateTime<Utc> = "2026-01-12T10:00:00Z".parse().unwrap();
        assert!(!is_late(due, Some(due)));
        assert!(is_late(due + TimeDelta::seconds(1), Some(due)));
        assert!(!is_late(due - TimeDelta::minutes(2), Some(due)));
        assert!(!is_late(due, None));
    }

    #[test]
    fn a_target_is_at_least_a_minute_and_at_most_a_year() {
        let with = |urgent_minutes| Targets { urgent_minutes, ..Targets::default() }.check();
        assert_eq!(with(1), Ok(()));
        assert_eq!(with(TARGET_MINUTES_MAX), Ok(()));
        assert_eq!(with(0), Err(TargetOutOfRange(Priority::Urgent, 0)));
        assert!(with(TARGET_MINUTES_MAX + 1).is_err());
    }
}
