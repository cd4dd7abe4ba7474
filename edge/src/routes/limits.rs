//! Work behind a rate limit.

use crate::config::Config;
use crate::error::ApiError;
use crate::guard::Visit;
use crate::guard::limiter::Rule;
use crate::state::State;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// The support form's limit, per hour (B12-77).
pub fn support_form(config: &Config) -> Rule {
    Rule { name: "support", requests_max: config.support_form_rate, window: Duration::from_secs(3600) }
}

/// The limit of everything else under `/api/` (B22-14).
pub fn api(config: &Config) -> Rule {
    Rule { name: "api", requests_max: config.rate_limit_max, window: config.rate_limit_window() }
}

/// Does the work if the client's limit allows it, and says in the headers what is left. A request past its limit is
/// answered before its body is read.
pub async fn limited(
    state: &State,
    rule: Rule,
    visit: &Visit,
    work: impl Future<Output = Result<Response, ApiError>>,
) -> Response {
    let quota = state.limiter.take(rule, visit.address).await;
    let mut response = match &quota {
        Some(quota) if quota.exceeded => {
            ApiError::TooMany { wait_seconds: quota.wait_seconds() }.into_response()
        }
        _ => work.await.unwrap_or_else(IntoResponse::into_response),
    };
    if let Some(quota) = quota {
        quota.tell(response.headers_mut());
    }
    response
}
