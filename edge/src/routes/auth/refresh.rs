//! `POST /api/auth/refresh` (A2-12): a new token, and a new refresh token in place of the old one.

use super::tokens::Tokens;
use super::{TAG, stranger};
use crate::error::ApiError;
use crate::guard::Visit;
use crate::request::Body;
use crate::state::State;
use crate::time::now;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use garde::Validate;
use schema::sessions::{self, NotRefreshed, Secret};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = Refresh)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    refresh_token: String,
}

/// Prolongs a session. A refresh token is good once: one that comes back ends its session, for whoever holds it.
#[utoipa::path(post, path = "/api/auth/refresh", tag = TAG, request_body = Draft,
    responses((status = 200, body = Tokens), (status = 400, description = "A field breaks a rule"),
        (status = 401, description = "The refresh token is unknown, used or expired, or its user switched off"),
        (status = 403, description = "Banned, or the password must be changed first")))]
pub async fn refresh(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<Json<Tokens>, ApiError> {
    let (token, now) = (Secret::of(&draft.refresh_token), now());
    let refreshed = sessions::refresh(&state.db, &token, &stranger(&visit, &headers), now).await?;
    let whose = (refreshed.user, refreshed.session);
    Ok(Json(Tokens::of(&state, whose, &refreshed.refresh_token, now)?))
}

impl From<NotRefreshed> for ApiError {
    fn from(refused: NotRefreshed) -> Self {
        match refused {
            NotRefreshed::Ended | NotRefreshed::Reused => ApiError::BadToken,
            NotRefreshed::Inactive => ApiError::BadUser,
            NotRefreshed::Banned => ApiError::Forbidden,
            NotRefreshed::PasswordStale => ApiError::PasswordStale,
            NotRefreshed::Database(error) => error.into(),
        }
    }
}
