//! Many connections that each send one request after the other, for a while.

use super::body::Request;
use crate::client::Client;
use crate::cpu::{Meter, Spent, pss_bytes};
use futures::future::try_join_all;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How the requests are sent.
pub struct Plan {
    pub address: SocketAddr,
    pub connections: usize,
    /// Not measured, but what it creates counts for the books.
    pub warm_up: Duration,
    pub duration: Duration,
    pub request: Request,
}

/// What came of it.
pub struct Volley {
    /// Tickets created, warm-up and last answers included.
    pub created: u64,
    pub created_in_time: u64,
    /// Answers other than 2xx, at any time.
    pub refused: u64,
    /// Of every answer in the measured time.
    pub waits_ms: Vec<f64>,
    pub seconds: f64,
    pub spent: Spent,
    /// The edge's memory while all connections were busy.
    pub pss_bytes: f64,
}

/// Numbers are never used twice in a run: no two requests are of one customer.
static NUMBER: AtomicU64 = AtomicU64::new(1);

#[derive(Default)]
struct Stage {
    measuring: AtomicBool,
    ended: AtomicBool,
    first_refusal: OnceLock<String>,
}

#[derive(Default)]
struct Tally {
    created: u64,
    created_in_time: u64,
    refused: u64,
    waits_ms: Vec<f64>,
}

/// Connects, warms up, measures, and waits for the last answers.
///
/// # Errors
/// A connection failed: the edge may refuse, but not hang up.
pub async fn fire(plan: Plan, meter: &Meter, edge: u32) -> anyhow::Result<Volley> {
    let stage = Arc::new(Stage::default());
    let clients = try_join_all((0..plan.connections).map(|_| Client::connect(plan.address))).await?;
    let shooters: Vec<JoinHandle<anyhow::Result<Tally>>> = clients
        .into_iter()
        .map(|client| tokio::spawn(shoot(client, plan.request.clone(), stage.clone())))
        .collect();
    tokio::time::sleep(plan.warm_up).await;
    let (before, began) = (meter.read(), Instant::now());
    stage.measuring.store(true, Ordering::Relaxed);
    tokio::time::sleep(plan.duration).await;
    stage.measuring.store(false, Ordering::Relaxed);
    let (seconds, spent) = (began.elapsed().as_secs_f64(), meter.since(&before));
    let pss_bytes = pss_bytes(edge)?;
    stage.ended.store(true, Ordering::Relaxed);
    let mut sum = Tally::default();
    for tally in try_join_all(shooters).await? {
        sum.add(tally?);
    }
    if let Some(text) = stage.first_refusal.get() {
        crate::report::progress(&format!("  the first refusal: {text}"));
    }
    let Tally { created, created_in_time, refused, waits_ms } = sum;
    Ok(Volley { created, created_in_time, refused, waits_ms, seconds, spent, pss_bytes })
}

async fn shoot(mut client: Client, mut request: Request, stage: Arc<Stage>) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    while !stage.ended.load(Ordering::Relaxed) {
        let bytes = request.numbered(NUMBER.fetch_add(1, Ordering::Relaxed));
        let sent = Instant::now();
        let status = client.call(bytes).await?;
        let measuring = stage.measuring.load(Ordering::Relaxed);
        if measuring {
            tally.waits_ms.push(sent.elapsed().as_secs_f64() * 1000.0);
        }
        match status {
            201 => {
                tally.created += 1;
                tally.created_in_time += u64::from(measuring);
            }
            _ => {
                tally.refused += 1;
                stage.first_refusal.get_or_init(|| client.last());
            }
        }
    }
    Ok(tally)
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.created += other.created;
        self.created_in_time += other.created_in_time;
        self.refused += other.refused;
        self.waits_ms.extend(other.waits_ms);
    }
}
