//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when the program is told to stop: SIGTERM from a supervisor, SIGINT from a terminal.
pub async fn asked() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be heard; only SIGKILL will stop this program");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
