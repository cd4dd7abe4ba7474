//! `POST /api/auth/logout` (A2-13).

use super::TAG;
use crate::auth::SignedIn;
use crate::error::ApiError;
use crate::state::State;
use crate::time::now;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use schema::sessions::sign_out;

/// Ends the session of the token that is sent: from now on no edge takes that token, nor the session's refresh token.
#[utoipa::path(post, path = "/api/auth/logout", tag = TAG, responses((status = 204), (status = 401)))]
pub async fn logout(Extract(state): Extract<State>, caller: SignedIn) -> Result<StatusCode, ApiError> {
    let (site, user) = (caller.user.site, caller.id());
    // Of two log-outs at once the second finds nothing left to end, which is what it wanted.
    sign_out(&state.db, site, user, caller.session, &caller.by(), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
