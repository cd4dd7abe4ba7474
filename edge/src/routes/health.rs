//! Whether the edge and what it stands on are well (B23-01…03).

use crate::observe;
use crate::state::{PROBE_PATIENCE, State};
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jobs::Queue;
use schema::ledger::wire::alive;
use schema::pool::Scope;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Serialize, ToSchema)]
struct Health {
    status: &'static str,
    timestamp: String,
    services: Services,
    uptime: u64,
    metrics: Figures,
}

#[derive(Serialize, ToSchema)]
struct Services {
    database: &'static str,
    redis: &'static str,
    /// There is no model to be asked yet.
    ollama: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Figures {
    /// Bytes; 0 where the system does not say.
    memory_rss: u64,
    requests_total: u64,
    /// Jobs that are ready or running, by queue.
    queue_depth: BTreeMap<&'static str, i64>,
    /// Processes that gave a sign of life within 30 seconds, by what they are.
    workers: BTreeMap<&'static str, u64>,
}

#[derive(Serialize, ToSchema)]
struct Lives {
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Readiness {
    status: &'static str,
    services: Services,
}

/// The routes.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(all)).routes(routes!(live)).routes(routes!(ready))
}

/// Services, uptime and figures.
#[utoipa::path(get, path = "/health", tag = "operations",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
async fn all(Extract(state): Extract<State>) -> Response {
    let (services, queue_depth, workers) = tokio::join!(probe(&state), queue_depth(&state), workers(&state));
    let health = Health {
        status: services.status(),
        timestamp: instant(now()),
        uptime: state.started.elapsed().as_secs(),
        metrics: Figures {
            memory_rss: memory_rss(),
            requests_total: state.load.total(),
            queue_depth,
            workers,
        },
        services,
    };
    (code(health.services.are_up()), Json(health)).into_response()
}

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "operations", responses((status = 200, body = Lives)))]
async fn live() -> Response {
    Json(Lives { status: "ok" }).into_response()
}

/// Requests are welcome.
#[utoipa::path(get, path = "/health/ready", tag = "operations",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
async fn ready(Extract(state): Extract<State>) -> Response {
    let services = probe(&state).await;
    let ready = services.are_up() && state.is_ready();
    let status = if ready { "ok" } else { "error" };
    (code(ready), Json(Readiness { status, services })).into_response()
}

impl Services {
    fn are_up(&self) -> bool {
        self.database == UP && self.redis == UP
    }

    fn status(&self) -> &'static str {
        if self.are_up() { "ok" } else { "error" }
    }
}

const UP: &str = "connected";

async fn probe(state: &State) -> Services {
    let name = |up: bool| if up { UP } else { "disconnected" };
    let database = async {
        // An empty transaction: a connection is free and the server answers on it.
        let tx = tokio::time::timeout(PROBE_PATIENCE, state.db.begin(Scope::System)).await;
        if let Ok(Ok(tx)) = tx {
            tokio::time::timeout(PROBE_PATIENCE, tx.commit()).await.is_ok_and(|ended| ended.is_ok())
        } else {
            false
        }
    };
    let redis = async {
        let mut redis = state.redis.clone();
        let ping = redis::cmd("PING");
        let asked = ping.query_async::<String>(&mut redis);
        tokio::time::timeout(PROBE_PATIENCE, asked).await.is_ok_and(|answer| answer.is_ok())
    };
    let (database, redis) = tokio::join!(database, redis);
    Services { database: name(database), redis: name(redis), ollama: "disabled" }
}

async fn queue_depth(state: &State) -> BTreeMap<&'static str, i64> {
    let depths = tokio::time::timeout(PROBE_PATIENCE, state.depths.get()).await;
    match depths {
        Ok(Ok(depths)) => observe::waiting(&depths),
        _ => BTreeMap::new(),
    }
}

async fn workers(state: &State) -> BTreeMap<&'static str, u64> {
    let parts: Vec<&str> = Queue::ALL.iter().map(|queue| queue.name()).chain(["relay", "clock"]).collect();
    let counted = tokio::time::timeout(PROBE_PATIENCE, alive::count(state.redis.clone(), &parts)).await;
    counted.ok().and_then(Result::ok).unwrap_or_default()
}

fn code(up: bool) -> StatusCode {
    if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn memory_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
