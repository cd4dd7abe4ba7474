//! The HTTP edge: a thin shell around `schema`'s rules and acts.
//!
//! A request passes the `guard` (identity of the request, bounds, time-out, panics), is routed (`routes`),
//! names its site (`auth`), has its body taken in ([`intake`]), and becomes one committed act (`filing` for
//! tickets). Nothing here sends mail, talks to a model or waits for a worker, and there is no SQL.

mod auth;
mod config;
mod error;
mod filing;
mod guard;
pub mod intake;
pub mod log;
mod observe;
mod openapi;
mod request;
mod routes;
mod serve;
mod shutdown;
mod state;
mod text;
mod time;

pub use config::Config;
pub use guard::address::Network;
pub use routes::{app, description};
pub use serve::{listen, serve};
pub use state::State;

use schema::ledger::wire::check::check;

/// Runs the edge until it is told to stop.
///
/// # Errors
/// A weak secret, a database or Redis that cannot be used, or an address that is taken.
pub async fn run(config: Config) -> anyhow::Result<()> {
    config.check()?;
    check(&config.common.redis_url).await?;
    let listener = listen(config.listen)?;
    let state = State::open(config).await?;
    serve(listener, state, shutdown::asked()).await
}
