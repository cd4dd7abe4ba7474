//! `GET /api/auth/me` (A2-E07).

use super::TAG;
use super::user::User;
use crate::auth::SignedIn;
use crate::error::ApiError;
use crate::state::State;
use axum::Json;
use axum::extract::State as Extract;
use schema::sessions::find_profile;

/// Whoever is signed in.
#[utoipa::path(get, path = "/api/auth/me", tag = TAG, responses((status = 200, body = User), (status = 401),
    (status = 403, description = "The password must be changed first")))]
pub async fn me(Extract(state): Extract<State>, caller: SignedIn) -> Result<Json<User>, ApiError> {
    let profile = find_profile(&state.db, caller.id()).await?.ok_or(ApiError::BadUser)?;
    Ok(Json(profile.into()))
}
