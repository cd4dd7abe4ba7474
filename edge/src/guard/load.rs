//! How many requests run at once. Past the bound a request is refused at once, which is kinder than a long queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counts running requests; cheap to clone.
#[derive(Clone, Debug)]
pub struct Load(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    running: AtomicUsize,
    running_max: usize,
    total: AtomicU64,
}

/// A place among the running requests, given back when dropped.
#[derive(Debug)]
pub struct Place(Arc<Counters>);

impl Load {
    pub fn new(running_max: usize) -> Self {
        Self(Arc::new(Counters { running: AtomicUsize::new(0), running_max, total: AtomicU64::new(0) }))
    }

    /// A place, unless all are taken.
    pub fn enter(&self) -> Option<Place> {
        self.0.total.fetch_add(1, Ordering::Relaxed);
        let before = self.0.running.fetch_add(1, Ordering::Relaxed);
        let place = Place(self.0.clone());
        (before < self.0.running_max).then_some(place)
    }

    /// Requests since the start, refused ones included.
    pub fn total(&self) -> u64 {
        self.0.total.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_run_as_there_are_places_and_a_place_left_is_free_again() {
        let load = Load::new(2);
        let (first, second) = (load.enter(), load.enter());
        assert!(first.is_some() && second.is_some() && load.enter().is_none());
        drop(first);
        assert!(load.enter().is_some());
        assert_eq!(load.total(), 4);
    }
}
