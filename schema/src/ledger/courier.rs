//! Hands over the ids of committed jobs, off the path of whoever committed them.
//!
//! Losing an id here loses nothing: the row stands, and the relay hands it over again half a second later.
//! So the courier never waits for a wire that is down and never holds more than its bound.

use super::wire::Wire;
use crate::pool::Db;
use jobs::{JobId, NewJob, Queue};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const WAITING_MAX: usize = 65_536;
const BATCH_MAX: usize = 4096;

/// How long a queue that had no room is left alone.
const FULL_PAUSE: Duration = Duration::from_millis(20);

/// A handle for handing over ids; cheap to clone.
#[derive(Clone)]
pub struct Courier {
    ids: mpsc::Sender<(Queue, JobId)>,
}

impl Courier {
    /// Starts the task that feeds `wire`; it ends with the last handle.
    #[must_use]
    pub fn start(wire: Arc<dyn Wire>) -> Self {
        let (ids, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(deliver(waiting, wire));
        Self { ids }
    }

    /// Hands over those jobs that are due now.
    pub fn hand_over<'a>(&self, jobs: impl IntoIterator<Item = &'a NewJob>) {
        for job in jobs.into_iter().filter(|job| job.run_at.is_none()) {
            self.send(job.queue, job.id);
        }
    }

    fn send(&self, queue: Queue, id: JobId) {
        if self.ids.try_send((queue, id)).is_err() {
            metrics::counter!("asisttr_handover_dropped_total").increment(1);
        }
    }
}

impl Db {
    /// Hands over ids that stand in the ledger already.
    pub fn hand_over_ids(&self, queue: Queue, ids: impl IntoIterator<Item = JobId>) {
        if let Some(courier) = self.courier() {
            ids.into_iter().for_each(|id| courier.send(queue, id));
        }
    }
}

async fn deliver(mut waiting: mpsc::Receiver<(Queue, JobId)>, wire: Arc<dyn Wire>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut full: HashMap<Queue, Instant> = HashMap::new();
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let mut by_queue: HashMap<Queue, Vec<JobId>> = HashMap::new();
        for (queue, id) in batch.drain(..) {
            by_queue.entry(queue).or_default().push(id);
        }
        // A queue that had no room a moment ago is the relay's: it fills it as room comes.
        by_queue.retain(|queue, _| full.get(queue).is_none_or(|since| since.elapsed() > FULL_PAUSE));
        let sends = by_queue.iter().map(|(queue, ids)| async { (*queue, wire.send(*queue, ids).await) });
        let mut is_refused = false;
        for (queue, sent) in futures::future::join_all(sends).await {
            if sent.is_ok_and(|refused| refused > 0) {
                is_refused = true;
                full.insert(queue, Instant::now());
            }
        }
        if is_refused {
            // More is waiting than the wire may hold: the relay should not sleep.
            let _ = wire.ring().await;
        }
    }
}
