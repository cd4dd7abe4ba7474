//! Which limit a request falls under, in one place.
//!
//! | requests | counted | limit |
//! |---|---|---|
//! | `POST /api/support/tickets` | per address | `SUPPORT_FORM_RATE` an hour (B12-77) |
//! | a widget's to `/api/tracking`, `/api/chat` | per site, visitor and address | `WIDGET_RATE_LIMIT_MAX` a minute, ten times as many per address (B22-21) |
//! | everything else under `/api/`, and `/upload` | per address | `RATE_LIMIT_MAX` in `RATE_LIMIT_WINDOW` (B22-14) |
//! | `/api/auth/` besides | failures per address | `AUTH_RATE_LIMIT_MAX` in `AUTH_RATE_LIMIT_WINDOW` (B22-15) |
//! | a log-in besides | failures per account | `ACCOUNT_RATE_LIMIT_MAX` in the same window (B22-19) |
//!
//! The last one knows its account only once the body is read: the handler calls
//! [`attempt`].

mod account;
mod gate;
mod sign_in;
mod widget;

pub use account::attempt;
pub use gate::Gate;

use super::Visit;
use super::limiter::{Quota, Rule};
use crate::config::Config;
use crate::error::ApiError;
use crate::state::State;
use axum::extract::Request;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// What a request is counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SupportForm,
    Widget,
    SignIn,
    Other,
}

/// Does the work within its limits, and says in the answer's headers what is left of the nearest. A request past a
/// limit is answered before its body is read, or while it is.
pub async fn limited<F: Future<Output = Response>>(
    state: &State,
    visit: &Visit,
    request: Request,
    work: impl FnOnce(Request) -> F,
) -> Response {
    let Some(kind) = kind(&request) else { return work(request).await };
    if kind == Kind::SupportForm && gate::is_for(request.headers()) {
        let (state, address, rule) = (state.clone(), visit.address, support_form(&state.config));
        let count = async move { state.limiter.take(rule, address).await };
        // In a box: what waits here is no part of every other request.
        let (response, quota) = Box::pin(gate::while_counted(count.boxed(), request, work)).await;
        return told(response, quota);
    }
    let quota = match kind {
        Kind::SupportForm => take(state, support_form(&state.config), visit).await,
        Kind::Widget => widget::take(state, request.headers(), visit).await,
        Kind::SignIn | Kind::Other => take(state, general(&state.config), visit).await,
    };
    let (response, own) = match quota {
        Some(quota) if quota.exceeded => (refusal(quota), None),
        _ if kind == Kind::SignIn => sign_in::tried(state, visit, work(request)).await,
        _ => (work(request).await, None),
    };
    told(response, own.or(quota))
}

/// None for what is not counted at all.
fn kind(request: &Request) -> Option<Kind> {
    let path = request.uri().path();
    let within =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // Uploads have a path beside the others as well.
    if !within("/api") && !within("/upload") {
        return None;
    }
    let is_widgets = || within("/api/tracking") || within("/api/chat");
    Some(match path {
        "/api/support/tickets" if request.method() == Method::POST => Kind::SupportForm,
        _ if within("/api/auth") => Kind::SignIn,
        _ if is_widgets() && widget::is_one(request.headers()) => Kind::Widget,
        _ => Kind::Other,
    })
}

async fn take(state: &State, rule: Rule, visit: &Visit) -> Option<Quota> {
    state.limiter.take(rule, visit.address).await
}

fn support_form(config: &Config) -> Rule {
    Rule { name: "support", requests_max: config.support_form_rate, window: HOUR }
}

fn general(config: &Config) -> Rule {
    Rule { name: "api", requests_max: config.rate_limit_max, window: config.rate_limit_window() }
}

fn refusal(quota: Quota) -> Response {
    ApiError::TooMany { wait_seconds: quota.wait_seconds() }.into_response()
}

/// What is left stands on the answer itself: whoever says an error later keeps the headers.
fn told(mut response: Response, quota: Option<Quota>) -> Response {
    if let Some(quota) = quota {
        response.extensions_mut().insert(quota);
    }
    response
}
