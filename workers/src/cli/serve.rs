//! Runs a part of the fleet until the process is asked to end.

use crate::config::Config;
use crate::env::Env;
use crate::relay::Relay;
use crate::run::{GRACE, Keeper};
use crate::transport::Bell;
use crate::{clock, handlers, heartbeat, run};
use anyhow::Context;
use jobs::Queue;
use schema::ledger::wire;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What else this process is.
#[derive(Clone, Copy, Default)]
pub struct Parts {
    pub relay: bool,
    pub clock: bool,
}

pub async fn serve(config: &Config, queues: &[Queue], parts: Parts) -> anyhow::Result<()> {
    config.common.check()?;
    wire::check::check(&config.common.redis_url).await?;
    let env = Env::open(config).await?;
    let stop = stop_on_signals()?;
    let mut tasks: JoinSet<anyhow::Result<()>> = JoinSet::new();
    tasks.spawn(beat(env.redis_url.clone(), names(queues, parts), stop.clone()));
    if parts.relay {
        let sender = wire::open(&env.redis_url, env.transport)?;
        let relay = Relay::new(env.ledger.clone(), sender, Bell::new(&env.redis_url)?);
        tracing::info!("relaying");
        tasks.spawn(never_fails(relay.run(stop.clone())));
    }
    if parts.clock {
        tasks.spawn(clock::run(env.ledger.clone(), stop.clone()));
    }
    if !queues.is_empty() {
        let keeper = Keeper::start(config.common.database_url.clone()).context("the lease thread")?;
        for queue in queues {
            let serving = run::serve(*queue, handlers::registry(), env.clone(), keeper.clone(), stop.clone());
            tasks.spawn(never_fails(serving));
        }
    }
    finish(tasks, stop).await
}

/// What this process is, in the words of [`schema::ledger::wire::alive`].
fn names(queues: &[Queue], parts: Parts) -> Vec<&'static str> {
    let queues = queues.iter().map(|queue| queue.name());
    let others = [("relay", parts.relay), ("clock", parts.clock)];
    queues.chain(others.into_iter().filter(|(_, is)| *is).map(|(name, _)| name)).collect()
}

async fn beat(redis_url: String, names: Vec<&'static str>, stop: CancellationToken) -> anyhow::Result<()> {
    heartbeat::run(&redis_url, names, stop).await
}

async fn never_fails(work: impl Future<Output = ()>) -> anyhow::Result<()> {
    work.await;
    Ok(())
}

/// Waits for all parts; one that fails ends the others.
async fn finish(mut tasks: JoinSet<anyhow::Result<()>>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut result = Ok(());
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended.map_err(anyhow::Error::from).flatten() {
            result = Err(error);
            stop.cancel();
        }
    }
    result
}

fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!(grace_seconds = GRACE.as_secs(), "asked to end");
        token.cancel();
    });
    Ok(stop)
}
