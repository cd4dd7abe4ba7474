//! The limit on failing under `/api/auth/`: five failures close it to their address for the rest of the hour, whatever
//! is asked then (B22-15, B22-16).

use super::Visit;
use crate::config::Config;
use crate::error::ApiError;
use crate::guard::limiter::{Quota, Refused, Rule, Who};
use crate::state::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Does the work unless its client has failed too often.
pub async fn tried(
    state: &State,
    visit: &Visit,
    work: impl Future<Output = Response>,
) -> (Response, Option<Quota>) {
    let who = Who::address(visit.address);
    let is_failure = |response: &Response| is_failure(response.status());
    match state.limiter.tried(rule(&state.config), who, work, is_failure).await {
        Ok((response, quota)) => (response, quota),
        Err(Refused::Closed(quota)) => (refusal(quota).into_response(), Some(quota)),
        Err(Refused::Crowded) => (ApiError::Busy.into_response(), None),
    }
}

/// What a client did wrong counts; what we could not do, or would not yet, does not.
pub fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS
}

pub fn refusal(quota: Quota) -> ApiError {
    ApiError::TooManyTries { wait_seconds: quota.wait_seconds() }
}

fn rule(config: &Config) -> Rule {
    let guard = &config.guard;
    Rule { name: "auth", requests_max: guard.auth_rate_limit_max, window: guard.auth_rate_limit_window() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_mistakes_count_and_our_own_troubles_do_not() {
        for counted in [400, 401, 403, 404, 405, 409, 413, 422, 423] {
            assert!(is_failure(StatusCode::from_u16(counted).unwrap()), "{counted}");
        }
        for free in [200, 201, 204, 302, 304, 429, 500, 503] {
            assert!(!is_failure(StatusCode::from_u16(free).unwrap()), "{free}");
        }
    }
}
