//! Forms that sites define: what a visitor's browser needs of one, and taking in what was filled in.

mod submit;

use crate::auth::{Access, Credentials, Door, Tenants, guarded};
use crate::error::{ApiError, Missing};
use crate::guard::etag;
use crate::state::State;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use jobs::FormId;
use schema::forms::rules::PublicDefinition;
use schema::forms::{Form, reads};
use schema::sites::Settings;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let open = Access::PUBLIC.touching(Tenants::Site);
    OpenApiRouter::new().routes(guarded(state, open, routes!(show))).routes(guarded(
        state,
        open,
        routes!(submit::submit),
    ))
}

/// A form's public definition (B11-29).
#[utoipa::path(get, path = "/api/forms/{id}", tag = "forms", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = FormShown), (status = 304, description = "As it was (`If-None-Match`)"), (status = 404)))]
async fn show(
    Extract(state): Extract<State>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let site = Credentials::of(&headers, Door::Public)?.current_site(&state).await;
    let (_, form) = find(&state, site, &text(id)).await?;
    etag::json(&headers, &Shown { id: form.id, definition: form.definition.public() })
}

/// A path that is not UTF-8 names no form.
fn text(id: Result<Path<String>, PathRejection>) -> String {
    id.map(|Path(id)| id).unwrap_or_default()
}

/// As [`Shown`], for the API's description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct FormShown {
    id: uuid::Uuid,
    name: String,
    /// Name, label, type and rules of each.
    fields: Vec<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: FormId,
    #[serde(flatten)]
    definition: PublicDefinition<'a>,
}

/// The caller's site and its form. Without a site there is no form either.
async fn find(
    state: &State,
    site: Result<Arc<Settings>, ApiError>,
    id: &str,
) -> Result<(Arc<Settings>, Form), ApiError> {
    let missing = || ApiError::NotFound(Missing::Form);
    let site = site.map_err(|error| match error {
        ApiError::NoSite => missing(),
        other => other,
    })?;
    let id = FormId(id.parse().map_err(|_| missing())?);
    let form = reads::find_form(&state.db, site.id, id).await?;
    Ok((site, form.ok_or_else(missing)?))
}
