//! The API's own description: as OpenAPI for programs, as a page for people. The page needs no other server.

use crate::auth::{Access, guarded};
use crate::openapi;
use crate::state::State;
use axum::Extension;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const PAGE: &str = include_str!("../../web/docs/index.html");

/// The description as it is sent.
#[derive(Clone)]
pub struct Description(Bytes);

impl Description {
    /// Of all routes, these included.
    pub fn of(document: &OpenApi) -> Self {
        Self(openapi::written(document).into())
    }
}

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(guarded(state, Access::PUBLIC, routes!(page))).routes(guarded(
        state,
        Access::PUBLIC,
        routes!(document),
    ))
}

/// The API, to be read.
#[utoipa::path(get, path = "/api/docs", tag = "operations", responses((status = 200, content_type = "text/html")))]
async fn page() -> Html<&'static str> {
    Html(PAGE)
}

/// The API, for programs: OpenAPI 3.1.
#[utoipa::path(get, path = "/api/docs/openapi.json", tag = "operations",
    responses((status = 200, body = serde_json::Value, content_type = "application/json")))]
async fn document(Extension(Description(text)): Extension<Description>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
