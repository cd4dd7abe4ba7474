//! `POST /api/auth/change-password` (A2-17).

use super::{SAME_PASSWORD, TAG, chosen, proved, wrong_password};
use crate::auth::SignedIn;
use crate::error::{ApiError, language};
use crate::request::Body;
use crate::state::State;
use crate::time::now;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use garde::Validate;
use schema::sessions::{self, NotChanged};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = ChangePassword)]
pub struct Draft {
    #[garde(length(bytes, min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = "password")]
    current_password: String,
    /// 8 to 72 bytes.
    #[garde(length(bytes, min = 8, max = 72))]
    #[schema(min_length = 8, max_length = 72, format = "password")]
    password: String,
}

/// Sets a new password. All sessions end but the caller's.
#[utoipa::path(post, path = "/api/auth/change-password", tag = TAG, request_body = Draft,
    responses((status = 204), (status = 400, description = "The current password is wrong, or a field breaks a rule"),
        (status = 401), (status = 503, description = "Too many passwords are being hashed")))]
pub async fn change_password(
    Extract(state): Extract<State>,
    caller: SignedIn,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<StatusCode, ApiError> {
    let current = ("current_password", draft.current_password.as_str());
    chosen("password", &draft.password, &headers)?;
    let account = proved(&state, &caller, current, &headers).await?;
    if draft.password == draft.current_password {
        return Err(ApiError::field("password", SAME_PASSWORD.of(language(&headers))));
    }
    let hash = state.passwords.hash(&draft.password).await?;
    let changed =
        sessions::change_password(&state.db, &account, caller.session, &hash, &caller.by(), now()).await;
    match changed {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(NotChanged::Changed) => Err(wrong_password(current.0, &headers)),
        Err(NotChanged::Database(error)) => Err(error.into()),
    }
}
