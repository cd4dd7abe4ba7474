//! Counting without Redis: the same windows, for this process only, for a bounded number of clients.

use super::{Quota, Rule};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const CLIENTS_MAX: usize = 10_000;

#[derive(Debug, Default)]
pub struct Alone {
    windows: Mutex<HashMap<String, Window>>,
}

#[derive(Debug)]
struct Window {
    count: u32,
    closes: Instant,
}

impl Alone {
    pub fn take(&self, rule: Rule, key: String, now: Instant) -> Quota {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut windows, now);
        let fresh = Window { count: 0, closes: now + rule.window };
        let window = windows.entry(key).or_insert(fresh);
        if window.closes <= now {
            *window = Window { count: 0, closes: now + rule.window };
        }
        let exceeded = window.count >= rule.requests_max;
        window.count += u32::from(!exceeded);
        Quota {
            requests_max: rule.requests_max,
            requests_left: rule.requests_max - window.count,
            closes_in: window.closes - now,
            exceeded,
        }
    }
}

/// Forgets closed windows first, and everybody if that is not enough: forgetting lets a request pass, remembering
/// without a bound would take the process down.
fn make_room(windows: &mut HashMap<String, Window>, now: Instant) {
    if windows.len() >= CLIENTS_MAX {
        windows.retain(|_, window| window.closes > now);
    }
    if windows.len() >= CLIENTS_MAX {
        windows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const RULE: Rule = Rule { name: "test", requests_max: 2, window: Duration::from_secs(60) };

    #[test]
    fn the_limit_is_reached_and_ends_with_its_window() {
        let (alone, now) = (Alone::default(), Instant::now());
        let take = |seconds| alone.take(RULE, "a".into(), now + Duration::from_secs(seconds));
        assert!(!take(0).exceeded);
        assert_eq!((take(1).exceeded, take(59).exceeded), (false, true));
        assert_eq!(take(59).wait_seconds(), 1);
        assert_eq!((take(60).exceeded, take(61).requests_left), (false, 0));
        assert!(!alone.take(RULE, "b".into(), now).exceeded);
    }

    #[test]
    fn memory_is_bounded_whatever_the_number_of_clients() {
        let (alone, now) = (Alone::default(), Instant::now());
        (0..CLIENTS_MAX * 2 + 5).for_each(|n| assert!(!alone.take(RULE, n.to_string(), now).exceeded));
        assert!(alone.windows.lock().unwrap().len() <= CLIENTS_MAX);
    }
}
