//! The support form's API: its public door, and the refusals of everything that staff alone may do.

mod create;

pub use create::create;

use crate::auth::refuse_tokens;
use crate::error::{ApiError, Family};
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Staff cannot sign in yet. Who calls is checked before what is called (B12-13), so a wrong method hears the same.
pub async fn staff_only(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS")])
            .into_response();
    }
    let error = refuse_tokens(request.headers()).err().unwrap_or(ApiError::NoIdentity);
    error.answer(Family::of(request.uri().path(), request.headers()))
}

/// Where the tickets are, as an absolute URL (B12-09).
pub async fn root(headers: HeaderMap) -> Response {
    if let Err(error) = refuse_tokens(&headers) {
        return error.answer(Family::of("/api/support/", &headers));
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").filter(|host| is_host(host)).unwrap_or("localhost");
    let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    Json(json!({ "tickets": format!("{scheme}://{host}/api/support/tickets/") })).into_response()
}

/// Whatever a client writes there is repeated to it, so it must look like a host.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}
