//! `POST /api/auth/forgot-password` (A2-16): the same answer, by the same work, for every address.

use super::{TAG, stranger};
use crate::error::{ApiError, language};
use crate::guard::Visit;
use crate::request::Body;
use crate::state::State;
use crate::text::Text;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use garde::Validate;
use schema::sessions::ask_for_reset;
use schema::sessions::rules::account_email;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const SENT: Text = Text::new(
    "Bu adrese kayıtlı bir hesap varsa şifre sıfırlama e-postası gönderildi",
    "If there is an account under this address, a mail to reset its password was sent",
);

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = ForgotPassword)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    email: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ResetAsked)]
pub struct Answer {
    message: &'static str,
}

/// Mails a token for a new password, good for 60 minutes and once. Whether there is such an account is not told.
#[utoipa::path(post, path = "/api/auth/forgot-password", tag = TAG, request_body = Draft,
    responses((status = 200, body = Answer), (status = 400, description = "A field breaks a rule")))]
pub async fn forgot_password(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<Json<Answer>, ApiError> {
    // What is no address is nobody's; that much everybody knows beforehand.
    if let Some(email) = account_email(&draft.email) {
        ask_for_reset(&state.db, &email, &stranger(&visit, &headers)).await?;
    }
    Ok(Json(Answer { message: SENT.of(language(&headers)) }))
}
