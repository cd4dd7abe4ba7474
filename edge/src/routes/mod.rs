//! The whole table of routes, on one screen.

mod forms;
mod health;
mod limits;
mod metrics;
mod support;
mod tickets;

use crate::error::{ApiError, Family, Missing};
use crate::guard;
use crate::state::State;
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get, post};

/// The edge's routes behind its guard.
pub fn app(state: State) -> Router {
    Router::new()
        // The support form's API. Without sign-in only its door is open; paths work with and without their last slash.
        .route("/api/support/tickets/", post(support::create).fallback(support::staff_only))
        .route("/api/support/tickets", post(support::create).fallback(support::staff_only))
        .route("/api/support/tickets/{*rest}", any(support::staff_only))
        .route("/api/support/", get(support::root).fallback(wrong_method))
        .route("/api/support", get(support::root).fallback(wrong_method))
        // The widget's own.
        .route("/api/tickets", post(tickets::create).fallback(wrong_method))
        .route("/api/forms/{id}", get(forms::show).fallback(wrong_method))
        .route("/api/forms/{id}/submit", post(forms::submit).fallback(wrong_method))
        // For operators.
        .route("/health", get(health::all).fallback(wrong_method))
        .route("/health/live", get(health::live).fallback(wrong_method))
        .route("/health/ready", get(health::ready).fallback(wrong_method))
        .route("/metrics", get(metrics::show).fallback(wrong_method))
        .fallback(not_found)
        .layer(from_fn_with_state(state.clone(), guard::stand))
        .with_state(state)
}

async fn not_found(request: Request) -> Response {
    ApiError::NotFound(Missing::Page).answer(Family::of(request.uri().path(), request.headers()))
}

/// The router adds the `Allow` header.
async fn wrong_method(request: Request) -> Response {
    let family = Family::of(request.uri().path(), request.headers());
    ApiError::Method(request.method().clone()).answer(family)
}
