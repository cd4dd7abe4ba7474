//! Totals that stopped at their bound, kept for a moment.
//!
//! Counting up to the bound costs as much as the page itself, and a list that had more tickets than that a moment ago has
//! them still. An exact total is never kept: it is cheap, and the next ticket makes it wrong.

use super::count::Total;
use super::filter::Filter;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

const LIVES: Duration = Duration::from_secs(30);
const KEPT_MAX: usize = 1_000;

/// The lists that are long, by what was asked.
#[derive(Debug, Default)]
pub(super) struct Totals(Mutex<HashMap<Question, Kept>>);

type Question = (Vec<Uuid>, Filter);

#[derive(Clone, Copy, Debug)]
struct Kept {
    total: Total,
    good_until: Instant,
}

impl Totals {
    pub fn find(&self, sites: &[Uuid], filter: &Filter, now: Instant) -> Option<Total> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&(sites.to_vec(), filter.clone())).filter(|kept| kept.good_until > now);
        found.map(|kept| kept.total)
    }

    pub fn keep(&self, sites: &[Uuid], filter: &Filter, total: Total, now: Instant) {
        if total.is_exact {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, kept| kept.good_until > now);
        }
        if kept.len() < KEPT_MAX {
            kept.insert((sites.to_vec(), filter.clone()), Kept { total, good_until: now + LIVES });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn only_a_total_that_stopped_is_kept_and_only_for_a_moment() {
        let (totals, now, sites, filter) =
            (Totals::default(), Instant::now(), [Uuid::nil()], Filter::default());
        let (exact, stopped) = (Total { tickets: 7, is_exact: true }, Total { tickets: 9, is_exact: false });
        totals.keep(&sites, &filter, exact, now);
        assert_eq!(totals.find(&sites, &filter, now), None);
        totals.keep(&sites, &filter, stopped, now);
        assert_eq!(totals.find(&sites, &filter, now), Some(stopped));
        assert_eq!(totals.find(&[Uuid::max()], &filter, now), None);
        assert_eq!(totals.find(&sites, &filter, now + LIVES), None);
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let (totals, now, stopped) =
            (Totals::default(), Instant::now(), Total { tickets: 9, is_exact: false });
        let since = |day| Filter {
            created_from: Some(DateTime::UNIX_EPOCH + TimeDelta::days(day)),
            ..Filter::default()
        };
        (0..2_000).for_each(|day| totals.keep(&[], &since(day), stopped, now));
        assert_eq!(totals.0.lock().unwrap().len(), KEPT_MAX);
        totals.keep(&[], &since(2_000), stopped, now + LIVES);
        assert_eq!(totals.find(&[], &since(2_000), now + LIVES), Some(stopped), "what is over makes room");
    }
}
