//! A backend for apalis over one Redis list per queue.
//!
//! A fetcher with a connection of its own waits in a blocking pop and asks for exactly as many ids as there are
//! free slots. An id therefore never waits inside a worker while another one is idle, and the pops grow larger by
//! themselves as the load rises. A pop leaves nothing behind in Redis.
//!
//! The fetcher never ends but on `stop`: errors are logged once an outage and slept on. Its end closes the channel,
//! the backend hands out what it still holds and stops the worker.

use super::crew::{Crew, Slots, panicked};
use super::outage::Outage;
use super::{Line, link};
use ::apalis::layers::{WorkerBuilderExt, catch_panic::CatchPanicLayer};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::layers::Identity;
use apalis_core::task::{Task, builder::TaskBuilder, task_id::RandomId};
use apalis_core::worker::{builder::WorkerBuilder, context::WorkerContext};
use jobs::{JobId, Queue};
use redis::aio::MultiplexedConnection;
use schema::ledger::wire::list::key;
use std::convert::Infallible;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How long a pop waits for an id; also how long a stopping worker waits for its last pop.
const BLOCK: Duration = Duration::from_millis(500);

/// How much longer than it may wait an answer may take before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(4);

/// Runs one apalis worker until `stop`.
///
/// # Errors
/// The URL cannot be read, or the worker ended over an error.
pub(super) async fn work(line: &Line, crew: &Crew, stop: &CancellationToken) -> anyhow::Result<()> {
    let (hand_over, batches) = mpsc::channel(1);
    let fetcher = Fetcher {
        client: redis::Client::open(line.redis_url.as_str())?,
        conn: None,
        queue: line.queue,
        crew: crew.clone(),
        stop: stop.clone(),
    };
    let _fetching = AbortOnDropHandle::new(tokio::spawn(fetcher.run(hand_over)));
    let crew = crew.clone();
    WorkerBuilder::new(line.queue.name())
        .backend(ListBackend { batches, held: Vec::new().into_iter() })
        .concurrency(line.concurrency.max(1))
        .layer(CatchPanicLayer::with_panic_handler(panicked))
        .build(move |arrival: Arrival| {
            let crew = crew.clone();
            async move { crew.run(arrival.id, arrival.slot).await }
        })
        .run()
        .await?;
    Ok(())
}

/// An id with the slot in which it will run.
struct Arrival {
    id: JobId,
    slot: Slots,
}

struct ListBackend {
    batches: mpsc::Receiver<Vec<Arrival>>,
    held: std::vec::IntoIter<Arrival>,
}

impl Backend for ListBackend {
    type Task = Task<Arrival>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<Arrival>, Infallible>>> {
        loop {
            if let Some(arrival) = self.held.next() {
                return Poll::Ready(Some(Ok(TaskBuilder::new(arrival).build())));
            }
            let Some(batch) = ready!(self.batches.poll_recv(cx)) else {
                // A backend that merely ends leaves its worker waiting for a stop for ever.
                let _ = worker.stop();
                return Poll::Pending;
            };
            self.held = batch.into_iter();
        }
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for ListBackend {
    type Args = Arrival;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}

struct Fetcher {
    client: redis::Client,
    conn: Option<MultiplexedConnection>,
    queue: Queue,
    crew: Crew,
    stop: CancellationToken,
}

impl Fetcher {
    async fn run(mut self, hand_over: mpsc::Sender<Vec<Arrival>>) {
        let stop = self.stop.clone();
        let mut outage = Outage::new("fetch", self.queue);
        while let Some(slots) = stop.run_until_cancelled(self.crew.slots()).await {
            match self.pop_or_stop(slots.num_permits()).await {
                Some(Ok(ids)) if stop.is_cancelled() => return self.give_back(ids).await,
                Some(Ok(ids)) => {
                    outage.over();
                    if !ids.is_empty() && hand_over.send(seat(ids, slots)).await.is_err() {
                        return;
                    }
                }
                Some(Err(error)) => {
                    self.conn = None;
                    stop.run_until_cancelled(outage.endure(&error)).await;
                }
                None => return,
            }
        }
    }

    /// A pop under way when the stop comes is waited for, so that its ids can be given back; None if in vain.
    async fn pop_or_stop(&mut self, most: usize) -> Option<redis::RedisResult<Vec<String>>> {
        let stop = self.stop.clone();
        let in_vain = async {
            stop.cancelled().await;
            tokio::time::sleep(BLOCK * 2).await;
        };
        tokio::select! {
            popped = self.pop(most) => Some(popped),
            () = in_vain => None,
        }
    }

    async fn pop(&mut self, most: usize) -> redis::RedisResult<Vec<String>> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(link::connect(&self.client).await?),
        };
        let mut pop = redis::cmd("BLMPOP");
        pop.arg(BLOCK.as_secs_f32()).arg(1).arg(key(self.queue)).arg("LEFT").arg("COUNT").arg(most);
        let popped: Option<(redis::Value, Vec<String>)> =
            link::in_time(BLOCK + PATIENCE, pop.query_async(conn)).await?;
        Ok(popped.map(|(_, ids)| ids).unwrap_or_default())
    }

    /// Puts ids back at the head of the list, in their order. Should that fail, the relay sends them again.
    async fn give_back(&mut self, ids: Vec<String>) {
        let (Some(conn), false) = (&mut self.conn, ids.is_empty()) else { return };
        let mut push = redis::cmd("LPUSH");
        push.arg(key(self.queue)).arg(ids.iter().rev().collect::<Vec<_>>());
        if let Err(error) = link::in_time(PATIENCE, push.query_async::<()>(conn)).await {
            tracing::warn!(queue = self.queue.name(), %error, "ids could not be given back");
        }
    }
}

/// Gives each id a slot; slots left over are free again.
fn seat(ids: Vec<String>, mut slots: Slots) -> Vec<Arrival> {
    let mut arrivals = Vec::with_capacity(ids.len());
    for text in ids {
        let Ok(id) = text.parse().map(JobId) else {
            tracing::warn!(text, "not the id of a job, dropped");
            continue;
        };
        let Some(slot) = slots.split(1) else { break };
        arrivals.push(Arrival { id, slot });
    }
    arrivals
}
