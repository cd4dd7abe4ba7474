//! The limit on failing to log in to one account, from wherever it is tried (B22-19). It holds for accounts that do not
//! exist as well, so that it tells nobody which do.

use super::sign_in::{is_failure, refusal};
use crate::error::ApiError;
use crate::guard::limiter::{Refused, Rule, Who};
use crate::state::State;
use secrecy::ExposeSecret;

/// Does the work unless too many log-ins to the account of `email` failed; counts it if it fails.
///
/// # Errors
/// The work's own, or «Çok fazla giriş denemesi».
pub async fn attempt<T>(
    state: &State,
    email: &str,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let guard = &state.config.guard;
    let window = guard.auth_rate_limit_window();
    let rule = Rule { name: "account", requests_max: guard.account_rate_limit_max, window };
    let who = Who::account(state.config.common.secret_key.expose_secret().as_bytes(), email);
    let failed =
        |done: &Result<T, ApiError>| done.as_ref().err().is_some_and(|error| is_failure(error.status()));
    match state.limiter.tried(rule, who, work, failed).await {
        Ok((done, _)) => done,
        Err(Refused::Closed(quota)) => Err(refusal(quota)),
        Err(Refused::Crowded) => Err(ApiError::Busy),
    }
}
