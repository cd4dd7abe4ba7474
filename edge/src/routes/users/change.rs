//! Changing a user.

use super::body::Edit;
use super::view::View;
use super::{actor, manages, site_of};
use crate::auth::SignedIn;
use crate::error::ApiError;
use crate::request::{Body, Id};
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use jobs::UserId;
use schema::people::users;

/// Changes the given fields: of anybody of the site for those who manage users, of oneself for everybody else.
#[utoipa::path(put, path = "/api/users/{id}", tag = "people", request_body = Edit, params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404), (status = 409)))]
pub async fn update(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let changes = match (manages(&caller), id == caller.id().0) {
        (true, _) => edit.all(),
        (false, true) => edit.own(),
        (false, false) => return Err(ApiError::Forbidden),
    };
    let site = site_of(&caller, &state, id).await?;
    let new = users::update(&state.db, site, UserId(id), changes, &actor(&caller), now()).await?;
    Ok(Json(new.into()))
}
