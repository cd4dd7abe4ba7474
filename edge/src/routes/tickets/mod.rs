//! Tickets of the native API.

mod create;
mod draft;

use crate::auth::{Access, guarded};
use crate::state::State;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(guarded(state, Access::WIDGET, routes!(create::create)))
}

const USER_AGENT_CHARS_MAX: usize = 500;

/// 201, with the mark of a repeated answer where it is one.
pub fn answer_created(body: &impl Serialize, is_repeated: bool) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if is_repeated {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// What the client calls itself, shortened.
pub fn user_agent(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(sent.chars().take(USER_AGENT_CHARS_MAX).collect())
}
