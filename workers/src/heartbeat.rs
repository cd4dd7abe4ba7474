//! Says every few seconds that this process lives, for whoever watches the fleet (`GET /health`).

use schema::ledger::wire::alive::{Alive, PERIOD};
use schema::ledger::wire::connection;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(2);

/// Beats until `stop`. A Redis that is away is no reason to stop working.
///
/// # Errors
/// The URL cannot be read.
pub async fn run(redis_url: &str, parts: Vec<&str>, stop: CancellationToken) -> anyhow::Result<()> {
    let alive = Alive::new(connection(redis_url, PATIENCE)?, parts);
    while !stop.is_cancelled() {
        if let Err(cause) = alive.beat().await {
            tracing::debug!(%cause, "no sign of life was given");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
    let _ = alive.bow().await;
    Ok(())
}
