//! Many connections that each send one request after the other, for a while; every answer must be a good one.

use crate::client::Client;
use crate::cpu::{Meter, Spent};
use anyhow::ensure;
use futures::future::try_join_all;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How the requests are sent.
pub struct Plan {
    pub address: SocketAddr,
    /// Not measured.
    pub warm_up: Duration,
    pub duration: Duration,
    /// For each connection those it takes turns with.
    pub requests: Vec<Vec<Vec<u8>>>,
    /// The status of a good answer.
    pub good: u16,
}

/// What came of it.
pub struct Volley {
    /// Of every request that was sent in the measured time, however late its answer.
    pub waits_ms: Vec<f64>,
    pub seconds: f64,
    pub spent: Spent,
}

const WARMING: u8 = 0;
const MEASURING: u8 = 1;
const ENDED: u8 = 2;

/// Connects, warms up, measures, and waits for the last answers.
///
/// # Errors
/// A connection failed, or an answer is not a good one.
pub async fn fire(plan: Plan, meter: &Meter) -> anyhow::Result<Volley> {
    let stage = Arc::new(AtomicU8::new(WARMING));
    let clients = try_join_all(plan.requests.iter().map(|_| Client::connect(plan.address))).await?;
    let shooters: Vec<JoinHandle<anyhow::Result<Vec<f64>>>> = clients
        .into_iter()
        .zip(plan.requests)
        .map(|(client, requests)| tokio::spawn(shoot(client, requests, plan.good, stage.clone())))
        .collect();
    tokio::time::sleep(plan.warm_up).await;
    let (before, began) = (meter.read(), Instant::now());
    stage.store(MEASURING, Ordering::Relaxed);
    tokio::time::sleep(plan.duration).await;
    stage.store(ENDED, Ordering::Relaxed);
    let (seconds, spent) = (began.elapsed().as_secs_f64(), meter.since(&before));
    let mut waits_ms = Vec::new();
    for waits in try_join_all(shooters).await? {
        waits_ms.extend(waits?);
    }
    Ok(Volley { waits_ms, seconds, spent })
}

async fn shoot(
    mut client: Client,
    requests: Vec<Vec<u8>>,
    good: u16,
    stage: Arc<AtomicU8>,
) -> anyhow::Result<Vec<f64>> {
    let mut waits = Vec::new();
    for request in requests.iter().cycle() {
        if stage.load(Ordering::Relaxed) == ENDED {
            break;
        }
        let (is_measured, sent) = (stage.load(Ordering::Relaxed) == MEASURING, Instant::now());
        let status = client.call(request).await?;
        ensure!(status == good, "answered {}", client.last());
        if is_measured {
            waits.push(sent.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(waits)
}
