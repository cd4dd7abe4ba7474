//! Runs the jobs of one queue: takes ids from the wire, holds the jobs, calls their handlers, ends them.
//!
//! Two lanes. A queue whose kinds are all short goes through `short`: many jobs, one transaction. Any other
//! goes through `leased`: claim, work, settle. Claims and settlements of neighbouring jobs share statements.

mod drain;
mod keeper;
mod leased;
mod short;

use crate::env::Env;
use crate::registry::Registry;
use crate::transport::{self, Dispatch, Line};
use futures::future::FutureExt;
use jobs::Queue;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub use drain::drain;
pub use keeper::Keeper;

/// How long running jobs may go on after the process was asked to end.
pub const GRACE: Duration = Duration::from_secs(9);

/// Serves one queue until `stop`.
pub async fn serve(queue: Queue, registry: Registry, env: Env, keeper: Keeper, stop: CancellationToken) {
    let dispatch: Dispatch = match registry.is_short(queue) {
        true => short_dispatch(queue, registry, env.clone(), keeper, stop.clone()),
        false => leased_dispatch(queue, registry, env.clone(), keeper, stop.clone()),
    };
    let concurrency = env.concurrency(queue);
    tracing::info!(queue = queue.name(), concurrency, "serving");
    let line = Line { redis_url: env.redis_url.clone(), queue, concurrency };
    transport::serve(env.transport, line, dispatch, stop, GRACE).await;
    tracing::info!(queue = queue.name(), "served");
}

fn leased_dispatch(
    queue: Queue,
    registry: Registry,
    env: Env,
    keeper: Keeper,
    stop: CancellationToken,
) -> Dispatch {
    let lane = leased::Lane::start(queue, registry, env, keeper, stop);
    std::sync::Arc::new(move |id| {
        let lane = lane.clone();
        async move { lane.run(id.0).await }.boxed()
    })
}

fn short_dispatch(
    queue: Queue,
    registry: Registry,
    env: Env,
    keeper: Keeper,
    stop: CancellationToken,
) -> Dispatch {
    let leased = leased::Lane::start(queue, registry.clone(), env.clone(), keeper, stop);
    let lane = short::Lane::start(queue, registry, env, leased);
    std::sync::Arc::new(move |id| {
        let lane = lane.clone();
        async move { lane.run(id.0).await }.boxed()
    })
}

/// What a panic said.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the handler panicked: {}", text.unwrap_or_default())
}

/// An error with its causes, for the ledger.
fn error_text(error: &anyhow::Error) -> String {
    format!("{error:#}")
}
