//! The receiving half of the wire: takes job ids out of Redis and has each of them dispatched.
//!
//! It knows ids only. Claims, leases, attempts and results are the ledger's: an id that is lost here is handed
//! over again, one that comes twice is stopped by the claim. So nothing is acknowledged, and nothing stays in Redis.
//!
//! Two transports behind [`serve`], both apalis workers over an apalis backend:
//! - `list`: a backend of our own over a Redis list with a blocking pop;
//! - `apalis`: apalis-redis's storage under the settings it needs to be fit for this.
//!
//! The running jobs belong to a `crew` that outlives any one worker: an apalis worker that ends over an error
//! of Redis takes no job with it. [`Bell`] is the relay's doorbell.

mod apalis;
mod bell;
mod crew;
mod janitor;
mod link;
mod list;
mod outage;
#[cfg(test)]
mod tests;
mod woken;

pub use bell::Bell;

use crew::Crew;
use futures::future::BoxFuture;
use jobs::{JobId, Queue};
use outage::Outage;
use schema::ledger::wire::Transport;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Runs one job by its id, to its end: claim, work, settle. It never fails; should it panic, that is logged and
/// the worker goes on.
pub type Dispatch = Arc<dyn Fn(JobId) -> BoxFuture<'static, ()> + Send + Sync>;

/// What to serve, and how much of it at once.
pub struct Line {
    /// A Redis or Valkey from version 7 on.
    pub redis_url: String,
    pub queue: Queue,
    /// How many jobs run at the same time; at least 1.
    pub concurrency: usize,
}

/// A worker that holds out this long, longer than the patience with any one answer, works again.
const SOUND_AFTER: Duration = Duration::from_secs(15);

/// Serves one queue until `stop` is cancelled, then fetches no more, waits for running jobs at most `grace`, and
/// returns. Jobs that still run then end with the process; their leases lapse.
///
/// A worker that returns early, for whatever reason, is started again after a pause of 50 ms to 1 s.
pub async fn serve(
    transport: Transport,
    line: Line,
    dispatch: Dispatch,
    stop: CancellationToken,
    grace: Duration,
) {
    let crew = Crew::new(dispatch, line.concurrency);
    let served = async {
        keep_working(transport, &line, &crew, &stop).await;
        crew.finished().await;
    };
    let too_late = async {
        stop.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        () = served => {}
        () = too_late => tracing::warn!(queue = line.queue.name(), "jobs still run after the grace period"),
    }
}

async fn keep_working(transport: Transport, line: &Line, crew: &Crew, stop: &CancellationToken) {
    let mut trouble = Outage::new("worker", line.queue);
    while !stop.is_cancelled() {
        let ended = tokio::select! {
            ended = work(transport, line, crew, stop) => ended,
            never = sound(&mut trouble) => match never {},
        };
        if !stop.is_cancelled() {
            let why = ended.err().map_or_else(|| "it returned".to_owned(), |error| format!("{error:#}"));
            stop.run_until_cancelled(trouble.endure(&why)).await;
        }
    }
}

async fn work(
    transport: Transport,
    line: &Line,
    crew: &Crew,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    match transport {
        Transport::List => list::work(line, crew, stop).await,
        Transport::Apalis => apalis::work(line, crew, stop).await,
    }
}

/// Ends the trouble of a worker that has held out for a while; never returns.
async fn sound(trouble: &mut Outage) -> Infallible {
    tokio::time::sleep(SOUND_AFTER).await;
    trouble.over();
    std::future::pending().await
}
