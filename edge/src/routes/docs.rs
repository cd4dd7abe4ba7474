//! The API's own description.

use crate::state::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use utoipa::openapi::OpenApi;

/// The description as it is sent.
#[derive(Clone)]
pub struct Description(Bytes);

/// The routes, and what they show: the description of all routes, these included.
pub fn routes(_: &State, description: OpenApi) -> (Router<State>, Description) {
    let text = description.to_json().unwrap_or_default();
    (Router::new().route("/api/docs/openapi.json", get(show)), Description(text.into()))
}

async fn show(Extension(Description(text)): Extension<Description>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
