//! `POST /api/auth/reset-password` (A2-16, A2-17): redeems the token of the mail.

use super::{TAG, chosen, stranger};
use crate::error::ApiError;
use crate::guard::Visit;
use crate::request::Body;
use crate::state::State;
use crate::text::Text;
use crate::time::now;
use axum::Extension;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use garde::Validate;
use schema::sessions::{NotReset, Secret, find_reset, redeem_reset};
use serde::Deserialize;
use utoipa::ToSchema;

const BAD: Text = Text::new(
    "Şifre sıfırlama bağlantısı geçersiz veya süresi dolmuş",
    "The link to reset the password is not valid or has expired",
);

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = ResetPassword)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    token: String,
    /// 8 to 72 bytes.
    #[garde(length(bytes, min = 8, max = 72))]
    #[schema(min_length = 8, max_length = 72, format = "password")]
    password: String,
}

/// Sets a new password. The token is used up, and all sessions of its user end.
#[utoipa::path(post, path = "/api/auth/reset-password", tag = TAG, request_body = Draft,
    responses((status = 204), (status = 400, description = "The token is unknown, used or expired; or a field breaks a rule"),
        (status = 503, description = "Too many passwords are being hashed")))]
pub async fn reset_password(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<StatusCode, ApiError> {
    chosen("password", &draft.password, &headers)?;
    let token = Secret::of(&draft.token);
    let bad = || ApiError::Said(StatusCode::BAD_REQUEST, BAD);
    if !find_reset(&state.db, &token, now()).await? {
        return Err(bad());
    }
    let hash = state.passwords.hash(&draft.password).await?;
    match redeem_reset(&state.db, &token, &hash, &stranger(&visit, &headers), now()).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(NotReset::BadToken) => Err(bad()),
        Err(NotReset::Database(error)) => Err(error.into()),
    }
}
