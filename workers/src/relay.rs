//! Hands due jobs to the wire, whatever became of the first hand-over, and gives back what dead workers held.
//!
//! Any number of relays may run. The backlog stays in Postgres: at most a window of ids per queue stands in
//! Redis. While a queue has a backlog the relay keeps its window filled; otherwise it sleeps until the next job
//! is due, a second at most, or until somebody rings.

use crate::transport::Bell;
use chrono::{TimeDelta, Utc};
use jobs::Queue;
use schema::ledger::wire::Wire;
use schema::ledger::{LEASE, Ledger};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// The floor of polling.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// Between two looks at a queue whose window is being emptied.
const HOT_PAUSE: Duration = Duration::from_millis(2);
/// While due jobs are in somebody's hands and may yet turn out to be lost.
const WATCHFUL_PAUSE: Duration = Duration::from_millis(250);
/// How often all queues are looked at while some are hot.
const SURVEY: Duration = Duration::from_millis(200);
const REAP: Duration = Duration::from_millis(500);
const TROUBLE_PAUSE: Duration = Duration::from_millis(500);

/// A relay; [`Relay::run`] it.
pub struct Relay {
    ledger: Ledger,
    wire: Arc<dyn Wire>,
    bell: Bell,
    hot: HashSet<Queue>,
    surveyed: Instant,
    reaped: Instant,
    /// Since when the database has answered without a break: leases that ran out while it was away are given
    /// a chance to be renewed first.
    sound_since: Option<Instant>,
}

impl Relay {
    #[must_use]
    pub fn new(ledger: Ledger, wire: Arc<dyn Wire>, bell: Bell) -> Self {
        let long_ago = Instant::now() - Duration::from_secs(60);
        Self {
            ledger,
            wire,
            bell,
            hot: HashSet::new(),
            surveyed: long_ago,
            reaped: long_ago,
            sound_since: Some(long_ago),
        }
    }

    /// Relays until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.round().await {
                Ok(pause) => {
                    self.sound_since.get_or_insert_with(Instant::now);
                    pause
                }
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "the relay is held up");
                    TROUBLE_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.rest(pause) => {}
            }
        }
    }

    async fn rest(&self, pause: Duration) {
        match pause > HOT_PAUSE {
            true => self.bell.wait(pause).await,
            false => tokio::time::sleep(pause).await,
        }
    }

    /// One round; returns how long to rest after it.
    async fn round(&mut self) -> anyhow::Result<Duration> {
        self.reap().await?;
        let mut pause = SLEEP_MAX;
        if self.hot.is_empty() || self.surveyed.elapsed() >= SURVEY {
            pause = self.survey().await?;
        }
        for queue in self.hot.clone() {
            if !self.fill(queue).await? {
                self.hot.remove(&queue);
            }
        }
        Ok(if self.hot.is_empty() { pause } else { HOT_PAUSE })
    }

    /// Looks at all queues; those with due jobs become hot. Returns when the next job is due.
    async fn survey(&mut self) -> anyhow::Result<Duration> {
        self.surveyed = Instant::now();
        let horizon = self.ledger.horizon().await.inspect_err(|_| self.sound_since = None)?;
        let (soon, mut pause) = (Utc::now() + TimeDelta::milliseconds(1), SLEEP_MAX);
        for (queue, next) in horizon {
            if next <= soon {
                self.hot.insert(queue);
                pause = pause.min(WATCHFUL_PAUSE);
            } else {
                pause = pause.min((next - soon).to_std().unwrap_or_default().max(HOT_PAUSE));
            }
        }
        Ok(pause)
    }

    /// Fills a queue's window if it is half empty; false when there was nothing to fill it with.
    async fn fill(&mut self, queue: Queue) -> anyhow::Result<bool> {
        let (depth, window) = (self.wire.depth(queue).await?, queue.window());
        if depth > window / 2 {
            return Ok(true);
        }
        let listed = if depth == 0 { Vec::new() } else { self.wire.waiting(queue).await? };
        let picked = self.ledger.pick(queue, window - depth, &listed).await?;
        if picked.is_empty() {
            return Ok(false);
        }
        self.wire.send(queue, &picked).await?;
        metrics::counter!("asisttr_relayed_total", "queue" => queue.name()).increment(picked.len() as u64);
        Ok(true)
    }

    async fn reap(&mut self) -> anyhow::Result<()> {
        let sound = self.sound_since.is_some_and(|since| since.elapsed() >= LEASE);
        if !sound || self.reaped.elapsed() < REAP {
            return Ok(());
        }
        self.reaped = Instant::now();
        let back = self.ledger.reap().await.inspect_err(|_| self.sound_since = None)?;
        if back > 0 {
            tracing::warn!(jobs = back, "jobs were given back by workers that died");
            self.surveyed -= SURVEY;
        }
        Ok(())
    }
}
