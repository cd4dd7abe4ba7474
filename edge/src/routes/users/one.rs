//! One user.

use super::view::View;
use super::{actor, manages, site_of};
use crate::auth::{Agent, SignedIn};
use crate::error::{ApiError, Missing};
use crate::request::Id;
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use jobs::UserId;
use schema::people::users;

/// A user: oneself for everybody, anybody of the site for those who manage users.
#[utoipa::path(get, path = "/api/users/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404)))]
pub async fn show(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Id(id): Id,
) -> Result<Json<View>, ApiError> {
    if !manages(&caller) && id != caller.id().0 {
        return Err(ApiError::Forbidden);
    }
    let site = site_of(&caller, &state, id).await?;
    let found = users::find(&state.db, site, UserId(id)).await?;
    Ok(Json(found.ok_or(ApiError::NotFound(Missing::User))?.into()))
}

/// Deletes a user. His tickets stay, without an agent.
#[utoipa::path(delete, path = "/api/users/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "The last admin")))]
pub async fn delete(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let site = site_of(&caller, &state, id).await?;
    users::delete(&state.db, site, UserId(id), &actor(&caller), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
