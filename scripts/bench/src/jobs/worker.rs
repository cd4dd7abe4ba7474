//! `bench worker <queue>`: a worker process as the product's own is one, but for the kinds it knows.

use super::kinds;
use anyhow::Context;
use jobs::Queue;
use schema::ledger::wire;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use workers::config::Config;
use workers::env::Env;
use workers::run::{self, Keeper};

/// Serves one queue until asked to end.
///
/// # Errors
/// As the product's own: a server cannot be reached or used.
pub async fn serve(config: &Config, queue: Queue) -> anyhow::Result<()> {
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(&config.common.log)?);
    lines.with_writer(std::io::stderr).json().flatten_event(true).init();
    wire::check::check(&config.common.redis_url).await?;
    let env = Env::open(config).await?;
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let asked = stop.clone();
    tokio::spawn(async move {
        terminate.recv().await;
        asked.cancel();
    });
    let keeper = Keeper::start(config.common.database_url.clone()).context("the lease thread")?;
    run::serve(queue, kinds::registry(), env, keeper, stop).await;
    Ok(())
}
