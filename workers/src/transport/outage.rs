//! A stretch of failures: logged when it begins and when it ends, slept on in between.

use jobs::Queue;
use std::fmt::Display;
use std::time::Duration;
use tokio::time::Instant;

const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// One kind of trouble of one queue.
pub(super) struct Outage {
    what: &'static str,
    queue: &'static str,
    pause: Duration,
    since: Option<Instant>,
    aloud: bool,
}

impl Outage {
    pub(super) fn new(what: &'static str, queue: Queue) -> Self {
        Self { what, queue: queue.name(), pause: PAUSE_MIN, since: None, aloud: true }
    }

    /// For helpers of a worker: its own trouble, which has the same cause, is told once; theirs is for debugging.
    pub(super) fn unheard(what: &'static str, queue: Queue) -> Self {
        Self { aloud: false, ..Self::new(what, queue) }
    }

    /// Sleeps off one failure: 50 ms after the first, twice as long each time, 1 s at most.
    pub(super) async fn endure(&mut self, error: &(dyn Display + Sync)) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            self.tell(error);
        }
        tokio::time::sleep(self.next_pause()).await;
    }

    /// Something worked.
    pub(super) fn over(&mut self) {
        if let Some(since) = self.since.take() {
            self.pause = PAUSE_MIN;
            if self.aloud {
                let seconds = since.elapsed().as_secs_f32();
                tracing::info!(queue = self.queue, what = self.what, seconds, "the wire works again");
            }
        }
    }

    fn tell(&self, error: &(dyn Display + Sync)) {
        match self.aloud {
            true => {
                tracing::warn!(queue = self.queue, what = self.what, %error, "trouble on the wire, trying on");
            }
            false => tracing::debug!(queue = self.queue, what = self.what, %error, "trouble on the wire"),
        }
    }

    fn next_pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = (pause * 2).min(PAUSE_MAX);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_50_ms_to_one_second_and_start_over_after_a_success() {
        let mut outage = Outage::new("fetch", Queue::Sla);
        let pauses: Vec<_> = (0..7).map(|_| outage.next_pause().as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
        outage.since = Some(Instant::now());
        outage.over();
        assert_eq!(outage.next_pause(), PAUSE_MIN);
    }
}
