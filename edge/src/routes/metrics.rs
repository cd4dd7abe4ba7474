//! `GET /metrics`: Prometheus text, for this machine or for whoever has the token.

use crate::error::{ApiError, Missing};
use crate::guard::Visit;
use crate::observe;
use crate::openapi::Refusal;
use crate::state::{PROBE_PATIENCE, State};
use axum::extract::{Extension, State as Extract};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use metrics::gauge;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Headers by which a request shows that it came through a proxy, and so perhaps from outside.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// The routes.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Figures in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = Refusal)))]
async fn show(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Response {
    if !may_read(&state, &visit, &headers) {
        return ApiError::NotFound(Missing::Page).into_response();
    }
    let pool = state.db.state();
    gauge!("asisttr_database_connections", "state" => "open").set(f64::from(pool.connections));
    gauge!("asisttr_database_connections", "state" => "idle").set(f64::from(pool.idle_connections));
    let depths = tokio::time::timeout(PROBE_PATIENCE, state.depths.get()).await;
    if let Ok(Ok(depths)) = depths {
        observe::show(&depths);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render())
        .into_response()
}

fn may_read(state: &State, visit: &Visit, headers: &HeaderMap) -> bool {
    let is_local =
        visit.peer.to_canonical().is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(*name));
    is_local || has_token(state, headers)
}

/// Hashes are compared, so that the time it takes says nothing about the token.
fn has_token(state: &State, headers: &HeaderMap) -> bool {
    let Some(token) = state.config.metrics_token.as_ref().filter(|token| !token.expose_secret().is_empty())
    else {
        return false;
    };
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    sent.is_some_and(|sent| Sha256::digest(sent) == Sha256::digest(token.expose_secret().as_bytes()))
}
