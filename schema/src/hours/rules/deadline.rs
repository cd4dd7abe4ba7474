//! Adding working time to an instant, and measuring it between two.

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::{Calendar, Day};
use super::periods::Periods;
use super::zone::DAY_SECONDS;

/// Days without any work after which a calendar counts as having no working day.
pub(super) const IDLE_DAYS_MAX: Day = 366;
/// Days any deadline may lie ahead; a walk has an end even for an absurd amount of work.
const AHEAD_DAYS_MAX: Day = 3_660;
/// Days between two instants that are measured.
const MEASURED_DAYS_MAX: Day = 36_600;

/// When work is due, and how things stood when it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// None if 366 days in a row bring no working time, or if the instant lies more than ten years ahead.
    pub at: Option<DateTime<Utc>>,
    /// Whether the start was working time.
    pub started_at_work: bool,
}

impl Calendar {
    /// The instant at which `working` has passed since `start`; see [`Calendar::due`].
    pub fn deadline(&self, start: DateTime<Utc>, working: TimeDelta) -> Option<DateTime<Utc>> {
        self.due(start, working).at
    }

    /// The instant at which `working` has passed since `start`, counting only working time, to the second
    /// (fractions are cut off). A start outside working time counts from the next opening; work that ends
    /// with a period is due at its closing. Nothing to work is due where counting begins: at the start, or at
    /// the next opening. Less than nothing counts as nothing.
    pub fn due(&self, start: DateTime<Utc>, working: TimeDelta) -> Due {
        let mut missing = working.num_seconds().max(0);
        let mut periods = Periods::from(self, start.timestamp());
        let horizon = periods.day + AHEAD_DAYS_MAX;
        periods.day_last = periods.day + IDLE_DAYS_MAX;
        let mut next = periods.next();
        let started_at_work = next.is_some_and(|first| first.opens == start.timestamp());
        while let Some(period) = next {
            let length = period.closes - period.opens;
            if missing <= length {
                return Due { at: DateTime::from_timestamp(period.opens + missing, 0), started_at_work };
            }
            missing -= length;
            periods.day_last = (periods.day + IDLE_DAYS_MAX).min(horizon);
            next = periods.next();
        }
        Due { at: None, started_at_work }
    }

    /// The working time from `from` up to `to`, in whole seconds; zero if `to` is not later. What lies more
    /// than a hundred years behind `from` is not counted.
    pub fn working_time(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let (from, to) = (from.timestamp(), to.timestamp());
        if to <= from {
            return TimeDelta::zero();
        }
        let mut periods = Periods::from(self, from);
        // Local dates run at most a day ahead of or behind the count of whole days.
        let days = (to - from) / DAY_SECONDS + 2;
        periods.day_last = periods.day + days.min(MEASURED_DAYS_MAX);
        let within = periods.take_while(|period| period.opens < to);
        TimeDelta::seconds(within.map(|period| period.closes.min(to) - period.opens).sum())
    }
}
