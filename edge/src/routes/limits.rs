//! Work behind a rate limit.

use crate::config::Config;
use crate::error::{ApiError, Family};
use crate::guard::Visit;
use crate::guard::limiter::{Quota, Rule};
use crate::state::State;
use axum::response::Response;
use futures::future::{Either, select};
use std::pin::pin;
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
    family: Family,
    work: impl Future<Output = Result<Response, ApiError>>,
) -> Response {
    let quota = state.limiter.take(rule, visit.address).await;
    answer(quota, family, work).await
}

/// As [`limited`], with the request being read while Redis counts it: what was read is dropped, and the rest left
/// unread, if the limit does not allow it. `read` must cost little and change nothing.
pub async fn limited_while<R, W>(
    state: &State,
    rule: Rule,
    visit: &Visit,
    family: Family,
    read: impl Future<Output = R>,
    act: impl FnOnce(R) -> W,
) -> Response
where
    W: Future<Output = Result<Response, ApiError>>,
{
    // In a box: while the act waits for the database, its memory is free.
    let (take, read) = (pin!(state.limiter.take(rule, visit.address)), Box::pin(read));
    match select(take, read).await {
        Either::Left((quota, read)) => {
            let work = async { act(read.await).await };
            answer(quota, family, work).await
        }
        Either::Right((read, take)) => {
            let quota = take.await;
            answer(quota, family, act(read)).await
        }
    }
}

async fn answer(
    quota: Option<Quota>,
    family: Family,
    work: impl Future<Output = Result<Response, ApiError>>,
) -> Response {
    let mut response = match &quota {
        Some(quota) if quota.exceeded => {
            ApiError::TooMany { wait_seconds: quota.wait_seconds() }.answer(family)
        }
        _ => work.await.unwrap_or_else(|error| error.answer(family)),
    };
    if let Some(quota) = quota {
        quota.tell(response.headers_mut());
    }
    response
}
