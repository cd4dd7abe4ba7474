//! The whole table of routes, on one screen.

mod admin_settings;
mod agents;
mod api_keys;
mod audit_logs;
mod canned_responses;
mod departments;
mod docs;
mod forms;
mod health;
mod metrics;
mod permissions;
mod refusal;
mod settings;
mod sites;
mod skills;
mod support;
mod tags;
mod teams;
mod tickets;
mod users;

use crate::error::{ApiError, Missing};
use crate::guard;
use crate::openapi::Description;
use crate::state::State;
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The edge's routes behind its guard.
pub fn app(state: State) -> Router {
    let (router, description) = table(&state).split_for_parts();
    let (docs, description) = docs::routes(&state, description);
    router
        .merge(docs)
        .merge(support::refusals())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::Extension(description))
        .layer(from_fn_with_state(state.clone(), guard::stand))
        .with_state(state)
}

/// Every route that is described, each family in a file or folder of its name.
fn table(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Description::openapi())
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
        .merge(settings::routes(state))
        .merge(support::routes(state))
        .merge(forms::routes(state))
        .merge(health::routes())
        .merge(metrics::routes())
}

async fn not_found() -> ApiError {
    ApiError::NotFound(Missing::Page)
}

/// The router adds the `Allow` header.
async fn wrong_method(request: Request) -> Response {
    ApiError::Method(request.method().clone()).into_response()
}
