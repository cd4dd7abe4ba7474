//! The support form's API: its public door, and the refusals of everything that staff alone may do.

mod create;

use crate::auth::{Access, guarded};
use crate::error::ApiError;
use crate::state::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::PUBLIC, routes!(root)))
        .routes(guarded(state, Access::PUBLIC, routes!(create::create)))
}

/// Who calls is checked before what is called (B12-13).
pub fn refusals() -> Router<State> {
    Router::new().route("/api/support/{*rest}", any(staff_only))
}

async fn staff_only() -> ApiError {
    ApiError::NoIdentity
}

/// Where the tickets are, as an absolute URL (B12-09).
#[utoipa::path(get, path = "/api/support", tag = "support", responses((status = 200)))]
async fn root(headers: HeaderMap) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").filter(|host| is_host(host)).unwrap_or("localhost");
    let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    Json(json!({ "tickets": format!("{scheme}://{host}/api/support/tickets/") })).into_response()
}

/// Whatever a client writes there is repeated to it, so it must look like a host.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}
