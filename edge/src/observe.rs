//! What the edge counts about itself, and what it says about the ledger when asked.
//!
//! Names start with `asisttr_`, times are in seconds. No label names a tenant or a person.

use chrono::Utc;
use jobs::Queue;
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use schema::ledger::{Depth, Ledger};
use schema::pool::DbResult;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How often recorded samples are folded into their histograms; until then they take memory.
const UPKEEP: Duration = Duration::from_secs(5);
/// Counting a long ledger costs the database something: whoever asks within this time shares the answer.
const DEPTHS_KEPT: Duration = Duration::from_secs(5);

const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
const STATES: [&str; 3] = ["ready", "running", "dead"];

/// The process's recorder, installed by whoever asks first.
///
/// # Errors
/// Another recorder was installed.
pub fn recorder() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE.get_or_init(|| install().map_err(|error| error.to_string())).clone().map_err(anyhow::Error::msg)
}

fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".into()), SIZES)?
        .install_recorder()?;
    metrics::describe_histogram!("asisttr_http_request_seconds", "Requests, by route, method and status");
    metrics::describe_gauge!("asisttr_jobs", "Jobs in the ledger, by queue and state");
    metrics::describe_gauge!(
        "asisttr_jobs_oldest_age",
        "Seconds the longest waiting due job has waited, by queue"
    );
    let kept = handle.clone();
    std::thread::Builder::new().name("metrics".into()).spawn(move || {
        loop {
            std::thread::sleep(UPKEEP);
            kept.run_upkeep();
        }
    })?;
    Ok(handle)
}

type Kept = Option<(Instant, Arc<Vec<Depth>>)>;

/// The ledger's depths, asked for at most every few seconds.
pub struct Depths {
    ledger: Ledger,
    kept: Mutex<Kept>,
}

impl Depths {
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, kept: Mutex::default() }
    }

    /// # Errors
    /// The database is away.
    pub async fn get(&self) -> DbResult<Arc<Vec<Depth>>> {
        let mut kept = self.kept.lock().await;
        if let Some((since, depths)) = &*kept
            && since.elapsed() < DEPTHS_KEPT
        {
            return Ok(depths.clone());
        }
        let depths = Arc::new(self.ledger.depth().await?);
        *kept = Some((Instant::now(), depths.clone()));
        Ok(depths)
    }
}

/// Sets the gauges of every queue; one without jobs stands at zero rather than at its last value.
pub fn show(depths: &[Depth]) {
    for queue in Queue::ALL {
        for state in STATES {
            let depth = find(depths, *queue, state);
            let jobs = depth.map_or(0, |depth| depth.jobs);
            gauge!("asisttr_jobs", "queue" => queue.name(), "state" => state).set(jobs as f64);
        }
        let oldest = find(depths, *queue, "ready").and_then(|depth| depth.oldest);
        let age = oldest.map_or(0.0, |at| (Utc::now() - at).as_seconds_f64().max(0.0));
        gauge!("asisttr_jobs_oldest_age", "queue" => queue.name()).set(age);
    }
}

fn find<'a>(depths: &'a [Depth], queue: Queue, state: &str) -> Option<&'a Depth> {
    depths.iter().find(|depth| depth.queue == queue.name() && depth.state == state)
}

/// How many unfinished jobs each queue has, queues without any included.
pub fn waiting(depths: &[Depth]) -> BTreeMap<&'static str, i64> {
    let unfinished =
        |queue: Queue| ["ready", "running"].into_iter().filter_map(move |s| find(depths, queue, s));
    Queue::ALL.iter().map(|queue| (queue.name(), unfinished(*queue).map(|depth| depth.jobs).sum())).collect()
}
