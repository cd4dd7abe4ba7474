//! Lets many callers share one piece of work, such as a transaction.
//!
//! Nothing waits for company that may not come: an item on its own is worked on at once, and what arrives meanwhile
//! makes the next batch. Only callers that are about to hand in, on threads that are running now, are let through
//! first. Under load the batches grow by themselves, up to their bound; beyond that callers are refused.

use futures::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot};

/// The queue in front of the batches is full, or its tasks have ended.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many callers are waiting")]
pub struct Refused;

/// After so many turns of the others without a new item a batch is complete.
const QUIET_TURNS: u32 = 3;

type Waiting<T, R> = (T, oneshot::Sender<R>);

/// A handle for handing in items; cheap to clone. Its tasks end with the last handle.
pub struct Batcher<T, R> {
    items: mpsc::Sender<Waiting<T, R>>,
}

impl<T, R> Clone for Batcher<T, R> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone() }
    }
}

impl<T: Send + 'static, R: Send + 'static> Batcher<T, R> {
    /// Starts `lanes` tasks that each work on one batch of at most `batch_max` items at a time. At most
    /// `waiting_max` items wait. `run` must answer every item, in order.
    pub fn start<F, W>(lanes: usize, batch_max: usize, waiting_max: usize, run: F) -> Self
    where
        F: Fn(Vec<T>) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Vec<R>> + Send + 'static,
    {
        let (items, waiting) = mpsc::channel(waiting_max);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..lanes {
            tokio::spawn(lane(waiting.clone(), batch_max, run.clone()));
        }
        Self { items }
    }

    /// Hands in an item and waits for its answer.
    ///
    /// # Errors
    /// [`Refused`], at once, when too many wait already.
    pub async fn submit(&self, item: T) -> Result<R, Refused> {
        let (answer, answered) = oneshot::channel();
        self.items.try_send((item, answer)).map_err(|_| Refused)?;
        answered.await.map_err(|_| Refused)
    }
}

async fn lane<T, R, F, W>(waiting: Arc<Mutex<mpsc::Receiver<Waiting<T, R>>>>, batch_max: usize, run: F)
where
    F: Fn(Vec<T>) -> W,
    W: Future<Output = Vec<R>>,
{
    loop {
        let mut batch = Vec::new();
        if gather(&mut *waiting.lock().await, &mut batch, batch_max).await == 0 {
            return;
        }
        let (items, callers): (Vec<T>, Vec<oneshot::Sender<R>>) = batch.into_iter().unzip();
        // A panic costs its own batch: those callers hear that they were refused, and the lane goes on.
        let Ok(answers) = AssertUnwindSafe(async { run(items).await }).catch_unwind().await else {
            tracing::error!(callers = callers.len(), "the work of a batch panicked");
            continue;
        };
        for (answer, caller) in answers.into_iter().zip(callers) {
            // A caller that has given up needs no answer.
            let _ = caller.send(answer);
        }
    }
}

/// Takes what is there, and lets those who are ready to run go first as long as that brings more: a batch of one
/// costs as much as a batch of ten. A few microseconds when nobody is.
async fn gather<T, R>(
    waiting: &mut mpsc::Receiver<Waiting<T, R>>,
    batch: &mut Vec<Waiting<T, R>>,
    batch_max: usize,
) -> usize {
    let mut taken = waiting.recv_many(batch, batch_max).await;
    let mut quiet = 0;
    while taken > 0 && taken < batch_max && quiet < QUIET_TURNS {
        tokio::task::yield_now().await;
        let before = taken;
        while taken < batch_max {
            let Ok(item) = waiting.try_recv() else { break };
            batch.push(item);
            taken += 1;
        }
        quiet = if taken == before { quiet + 1 } else { 0 };
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex as StdMutex;

    #[tokio::test]
    async fn what_arrives_during_a_batch_shares_the_next_one() {
        let sizes = Arc::new(StdMutex::new(Vec::new()));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let (seen, held) = (sizes.clone(), gate.clone());
        let batcher = Batcher::start(1, 10, 100, move |items: Vec<u32>| {
            let (seen, held) = (seen.clone(), held.clone());
            async move {
                seen.lock().unwrap().push(items.len());
                held.acquire().await.unwrap().forget();
                items.into_iter().map(|n| n * 2).collect()
            }
        });
        let first = tokio::spawn({
            let batcher = batcher.clone();
            async move { batcher.submit(1).await }
        });
        while sizes.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let rest: Vec<_> = (2..8).map(|n| batcher.submit(n)).collect();
        let rest = futures::future::join_all(rest);
        gate.add_permits(2);
        assert_eq!(rest.await, (2..8).map(|n| Ok(n * 2)).collect::<Vec<_>>());
        assert_eq!(first.await.unwrap(), Ok(2));
        assert_eq!(*sizes.lock().unwrap(), [1, 6]);
    }

    #[tokio::test]
    async fn a_panic_costs_its_own_batch_and_the_next_one_is_worked_on() {
        let batcher = Batcher::start(1, 1, 10, |items: Vec<u32>| async move {
            assert_ne!(items[0], 7, "on purpose");
            items
        });
        assert_eq!(batcher.submit(7).await, Err(Refused));
        assert_eq!(batcher.submit(8).await, Ok(8));
    }

    #[tokio::test]
    async fn beyond_the_bound_callers_are_refused_at_once() {
        let batcher = Batcher::start(1, 1, 2, |_: Vec<u32>| std::future::pending::<Vec<u32>>());
        let mut calls: Vec<_> = (0..8).map(|n| Box::pin(batcher.submit(n))).collect();
        let mut refused = 0;
        for call in &mut calls {
            refused += usize::from(matches!(futures::poll!(call), std::task::Poll::Ready(Err(Refused))));
        }
        assert!((5..=6).contains(&refused), "{refused}");
    }
}
