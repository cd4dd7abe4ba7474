//! The whole table of routes, on one screen.

mod admin_settings;
mod agents;
mod api_keys;
mod audit_logs;
mod auth;
mod canned_responses;
mod departments;
mod docs;
mod email;
mod email_settings;
mod email_templates;
mod forms;
mod health;
mod mailboxes;
mod metrics;
mod permissions;
mod quarantine;
mod refusal;
mod settings;
mod sites;
mod skills;
mod statuses;
mod support;
mod tags;
mod teams;
mod tickets;
mod users;

use crate::auth::Caller;
use crate::error::{ApiError, Missing};
use crate::guard::{self, Visit};
use crate::openapi::{self, Description};
use crate::state::State;
use axum::extract::{Request, State as Extract};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The edge's routes behind its guard.
pub fn app(state: State) -> Router {
    let (router, document) = described(&state);
    router
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(Extension(docs::Description::of(&document)))
        .layer(from_fn_with_state(state.clone(), guard::stand))
        .with_state(state)
}

/// The API's description, OpenAPI as JSON, as a running edge gives it.
pub fn description(state: &State) -> String {
    described(state).1.to_json().unwrap_or_default()
}

fn described(state: &State) -> (Router<State>, OpenApi) {
    let (router, mut document) = table(state).split_for_parts();
    openapi::complete(&mut document);
    (router, document)
}

/// Every route that is described, each family in a file or folder of its name.
fn table(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(auth::routes(state))
        .merge(sites::routes(state))
        .merge(admin_settings::routes(state))
        .merge(api_keys::routes(state))
        .merge(users::routes(state))
        .merge(agents::routes(state))
        .merge(permissions::routes(state))
        .merge(departments::routes(state))
        .merge(teams::routes(state))
        .merge(skills::routes(state))
        .merge(canned_responses::routes(state))
        .merge(tags::routes(state))
        .merge(audit_logs::routes(state))
        .merge(tickets::routes(state))
        .merge(statuses::routes(state))
        .merge(settings::routes(state))
        .merge(email_settings::routes(state))
        .merge(email_templates::routes(state))
        .merge(email::routes(state))
        .merge(support::routes(state))
        .merge(forms::routes(state))
        .merge(quarantine::routes(state))
        .merge(mailboxes::routes(state))
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(docs::routes(state))
}

async fn not_found() -> ApiError {
    ApiError::NotFound(Missing::Page)
}

/// The router adds the `Allow` header. What staff alone may do is refused before its method is looked at (B12-13).
async fn wrong_method(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    if request.uri().path().starts_with("/api/support/") {
        match Caller::of(request.headers(), &visit, &state).await {
            Ok(Some(_)) => {}
            Ok(None) => return ApiError::NoIdentity.into_response(),
            Err(error) => return error.into_response(),
        }
    }
    ApiError::Method(request.method().clone()).into_response()
}
