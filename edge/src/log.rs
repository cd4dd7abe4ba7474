//! Log lines to stdout, as JSON or as text.

use anyhow::Context;
use schema::config::Common;
use tracing_subscriber::EnvFilter;

/// Starts logging.
///
/// # Errors
/// The directives in LOG cannot be read, or logging was started before.
pub fn start(config: &Common) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&config.log).with_context(|| format!("LOG {:?} cannot be read", config.log))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    let started = match config.log_format.as_str() {
        "json" => lines.json().flatten_event(true).try_init(),
        _ => lines.try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot be started: {error}"))
}
