//! apalis-redis's storage under the settings without which it cannot carry work.
//!
//! | setting | why |
//! |---|---|
//! | `lock_tasks(false)` | locking walks the whole backlog for each job |
//! | `persist_results(false)`, `emit_events(false)` | results and finished jobs are never freed; the ledger has both |
//! | small batches, 1 for slow queues | heartbeats pause while a fetched batch waits for slots |
//! | heartbeat 5 s, four may be missed | a dead worker's ids come back after 20 s, not 300 s |
//! | a name of its own for each start | a name cannot be used again within the threshold, even after a clean stop |
//! | answers may take 10 s | an error of Redis ends the worker, and so does the default patience of 500 ms |
//! | a codec that reads anything | an argument that cannot be decoded ends the worker, and comes back |
//!
//! It is woken by the sender ([`woken`]), tidied by a [`janitor`], and started again by the supervisor. When its
//! worker ends, over an error or a stop, it is simply dropped: running jobs belong to the crew, and the janitor
//! puts back whatever was fetched and not begun.

use super::Line;
use super::crew::{Crew, panicked};
use super::janitor::{Broom, Janitor};
use super::woken::Woken;
use ::apalis::layers::{WorkerBuilderExt, catch_panic::CatchPanicLayer};
use apalis_core::backend::{codec::Codec, ext::BackendExt};
use apalis_core::error::WorkerError;
use apalis_core::worker::builder::WorkerBuilder;
use apalis_redis::{Config, RedisStorage};
use jobs::Queue;
use schema::ledger::wire::{apalis::job, apalis::namespace, connection};
use std::convert::Infallible;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

/// How long Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs one apalis worker until `stop` or until it ends by itself.
///
/// # Errors
/// The URL cannot be read, or the worker ended over an error, as it does over any error of Redis.
pub(super) async fn work(line: &Line, crew: &Crew, stop: &CancellationToken) -> anyhow::Result<()> {
    let name = format!("{}-{}", line.queue, Ulid::generate());
    let conn = connection(&line.redis_url, PATIENCE)?;
    let woken = Woken::new(&line.redis_url, line.queue)?;
    let janitor = Janitor::start(conn.clone(), line.queue, &name);
    let (crew, broom) = (crew.clone(), janitor.broom());
    let backend = RedisStorage::<String>::new(conn)
        .with_config(config(line.queue))
        .with_codec(Lenient)
        .poll_with_strategy(woken);
    let worker = WorkerBuilder::new(name.as_str())
        .backend(backend)
        .concurrency(line.concurrency.max(1))
        .layer(CatchPanicLayer::with_panic_handler(panicked))
        .build(move |name: String| begin(name, crew.clone(), broom.clone()))
        .run();
    let ended = until_stop(worker, stop).await;
    janitor.leave().await;
    Ok(ended?)
}

/// Looks at the stop first: a busy worker would otherwise begin more jobs after it.
async fn until_stop(
    worker: impl Future<Output = Result<(), WorkerError>>,
    stop: &CancellationToken,
) -> Result<(), WorkerError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Ok(()),
        ended = worker => ended,
    }
}

/// Waits for a slot; only then is the hand-over forgotten in Redis and the job run.
async fn begin(name: String, crew: Crew, broom: Broom) {
    let slot = crew.slot().await;
    let id = job(&name);
    if id.is_none() {
        tracing::warn!(name, "not the id of a job, dropped");
    }
    broom.forget(name).await;
    if let Some(id) = id {
        crew.run(id, slot).await;
    }
}

fn config(queue: Queue) -> Config {
    Config::default()
        .queue(namespace(queue))
        .batch_size(batch(queue))
        .heartbeat_interval(Duration::from_secs(5))
        .missed_heartbeats(4)
        .lock_tasks(false)
        .persist_results(false)
        .emit_events(false)
}

/// How many ids are fetched at once: more than one only where jobs are short.
fn batch(queue: Queue) -> usize {
    match queue {
        Queue::Sla | Queue::Autoclose | Queue::Routing | Queue::Forms | Queue::MailIn => 10,
        _ => 1,
    }
}

/// Reads an argument as text, whatever it is; a JSON string loses its quotes.
struct Lenient;

impl Codec<String> for Lenient {
    type Error = Infallible;
    type Compact = Vec<u8>;

    fn encode(&self, name: &String) -> Result<Vec<u8>, Infallible> {
        Ok(format!("\"{name}\"").into_bytes())
    }

    fn decode(&self, argument: &Vec<u8>) -> Result<String, Infallible> {
        Ok(String::from_utf8_lossy(argument).trim_matches('"').to_owned())
    }
}
