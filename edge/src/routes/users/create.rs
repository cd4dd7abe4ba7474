//! Making a user.

use super::body::Draft;
use super::view::View;
use super::{Refused, actor};
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::Body;
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use schema::people::rules::{Role, may_touch};
use schema::people::users;

/// A new user of the site, at most of the caller's own rank; a super admin belongs to none.
#[utoipa::path(post, path = "/api/users", tag = "people", request_body = Draft,
    responses((status = 201, body = View), (status = 404, description = "The department is unknown"),
        (status = 409, description = "The address is in use")))]
pub async fn create(
    Extract(state): Extract<State>,
    caller: Agent,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    may_touch(caller.role(), draft.role).map_err(|_| Refused::TooLow)?;
    let site = match draft.role {
        Role::SuperAdmin => None,
        _ => Some(caller.site()?),
    };
    let hash = state.passwords.hash(&draft.password).await?;
    let made = users::create(&state.db, site, &draft.into_new(hash), &actor(&caller), now()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
