//! Runs the jobs of one queue, each on a task of its own and never more at once than there are slots.
//!
//! The crew is older and younger than the workers that feed it: when a worker ends, its jobs run on here, and
//! the next worker finds only the slots that are really free.

use super::Dispatch;
use apalis_core::error::AbortError;
use jobs::JobId;
use std::any::Any;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

/// After so many turns of the others without another free slot, the free ones are taken.
const QUIET_TURNS: u32 = 3;

/// One or more free slots; they are free again when this is dropped.
pub(super) type Slots = OwnedSemaphorePermit;

/// Cheap to clone; all clones share the slots.
#[derive(Clone)]
pub(super) struct Crew {
    dispatch: Dispatch,
    slots: Arc<Semaphore>,
    running: TaskTracker,
}

impl Crew {
    pub(super) fn new(dispatch: Dispatch, size: usize) -> Self {
        Self { dispatch, slots: Arc::new(Semaphore::new(size.max(1))), running: TaskTracker::new() }
    }

    /// Waits until a slot is free.
    pub(super) async fn slot(&self) -> Slots {
        self.slots.clone().acquire_owned().await.expect("the crew never closes its semaphore")
    }

    /// Waits until a slot is free and takes all that are. Jobs that share a transaction end together, one after
    /// the other: those about to end are let through first, so that one fetch serves them all.
    pub(super) async fn slots(&self) -> Slots {
        let mut taken = self.slot().await;
        let mut quiet = 0;
        while quiet < QUIET_TURNS {
            tokio::task::yield_now().await;
            match self.free() {
                Some(more) => {
                    taken.merge(more);
                    quiet = 0;
                }
                None => quiet += 1,
            }
        }
        taken
    }

    fn free(&self) -> Option<Slots> {
        let free = u32::try_from(self.slots.available_permits()).ok().filter(|free| *free > 0)?;
        self.slots.clone().try_acquire_many_owned(free).ok()
    }

    /// Runs one job in its slot. A caller that goes away leaves the job running.
    pub(super) async fn run(&self, id: JobId, slot: Slots) {
        let dispatch = self.dispatch.clone();
        let job = self.running.spawn(async move {
            dispatch(id).await;
            drop(slot);
        });
        if job.await.is_err_and(|error| error.is_panic()) {
            tracing::error!(%id, "a dispatch panicked");
        }
    }

    /// Waits until no job runs.
    pub(super) async fn finished(&self) {
        self.running.close();
        self.running.wait().await;
    }
}

/// What apalis is told of a panic that reached it, which none of a dispatch does: those end in their own task.
/// Open to any lifetime, unlike apalis' own handler, whose type keeps a worker from being `Send`.
pub(super) fn panicked(_: &Box<dyn Any + Send + '_>) -> AbortError {
    AbortError::new("the worker panicked")
}
