//! Counting failures without Redis: for this process only, for a bounded number of clients.

use super::{Door, TRY_LASTS};
use crate::guard::limiter::{Quota, Rule};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const CLIENTS_MAX: usize = 10_000;

#[derive(Debug, Default)]
pub struct AloneTries {
    clients: Mutex<HashMap<String, Client>>,
}

#[derive(Debug, Default)]
struct Client {
    failures: u32,
    /// None before the first failure.
    closes: Option<Instant>,
    under_way: Vec<(String, Instant)>,
}

impl AloneTries {
    pub(super) fn admit(&self, rule: Rule, key: &str, name: &str, now: Instant) -> Door {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut clients, now);
        let client = clients.entry(key.to_owned()).or_default();
        client.move_to(now);
        let left = rule.requests_max.saturating_sub(client.failures);
        if left == 0 {
            return Door::Closed(client.quota(rule, now, true));
        }
        if client.under_way.len() >= left as usize {
            return Door::Crowded;
        }
        client.under_way.push((name.to_owned(), now + TRY_LASTS));
        Door::Open
    }

    pub(super) fn settle(&self, rule: Rule, key: &str, name: &str, failed: bool, now: Instant) -> Quota {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(key.to_owned()).or_default();
        client.move_to(now);
        client.under_way.retain(|(other, _)| other != name);
        if failed {
            client.failures += 1;
            client.closes.get_or_insert(now + rule.window);
        }
        client.quota(rule, now, false)
    }
}

impl Client {
    /// Forgets what is over by now.
    fn move_to(&mut self, now: Instant) {
        if self.closes.is_some_and(|closes| closes <= now) {
            (self.failures, self.closes) = (0, None);
        }
        self.under_way.retain(|(_, until)| *until > now);
    }

    fn is_idle(&self) -> bool {
        self.failures == 0 && self.under_way.is_empty()
    }

    fn quota(&self, rule: Rule, now: Instant, exceeded: bool) -> Quota {
        Quota {
            requests_max: rule.requests_max,
            requests_left: rule.requests_max.saturating_sub(self.failures),
            closes_in: self.closes.map_or(rule.window, |closes| closes - now),
            exceeded,
        }
    }
}

/// Forgets who has nothing to be remembered for first, and everybody if that is not enough: a bound on memory comes
/// before a bound on tries while Redis is away.
fn make_room(clients: &mut HashMap<String, Client>, now: Instant) {
    if clients.len() >= CLIENTS_MAX {
        clients.values_mut().for_each(|client| client.move_to(now));
        clients.retain(|_, client| !client.is_idle());
    }
    if clients.len() >= CLIENTS_MAX {
        clients.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const RULE: Rule = Rule { name: "test", requests_max: 2, window: Duration::from_secs(60) };

    #[test]
    fn failures_close_the_door_for_the_rest_of_the_window_of_the_first() {
        let (tries, start) = (AloneTries::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let admit = |seconds| tries.admit(RULE, "a", "try", at(seconds));
        let settle = |failed, seconds| tries.settle(RULE, "a", "try", failed, at(seconds)).requests_left;
        assert_eq!((admit(0), settle(true, 1)), (Door::Open, 1));
        assert_eq!((admit(30), settle(false, 30)), (Door::Open, 1));
        assert_eq!((admit(40), settle(true, 41)), (Door::Open, 0));
        assert!(matches!(admit(42), Door::Closed(quota) if quota.wait_seconds() == 19));
        assert_eq!((admit(61), settle(true, 61)), (Door::Open, 1));
        assert_eq!(tries.admit(RULE, "b", "try", at(42)), Door::Open);
    }

    #[test]
    fn no_more_run_at_once_than_failures_are_left_and_a_lost_one_is_forgotten() {
        let (tries, now) = (AloneTries::default(), Instant::now());
        assert_eq!(tries.admit(RULE, "a", "1", now), Door::Open);
        assert_eq!(tries.admit(RULE, "a", "2", now), Door::Open);
        assert_eq!(tries.admit(RULE, "a", "3", now), Door::Crowded);
        tries.settle(RULE, "a", "1", false, now);
        assert_eq!(tries.admit(RULE, "a", "3", now), Door::Open);
        assert_eq!(tries.admit(RULE, "a", "4", now + TRY_LASTS), Door::Open);
    }

    #[test]
    fn memory_is_bounded_whatever_the_number_of_clients() {
        let (tries, now) = (AloneTries::default(), Instant::now());
        for n in 0..CLIENTS_MAX * 2 + 5 {
            tries.admit(RULE, &n.to_string(), "try", now);
            tries.settle(RULE, &n.to_string(), "try", n % 2 == 0, now);
        }
        assert!(tries.clients.lock().unwrap().len() <= CLIENTS_MAX);
    }
}
