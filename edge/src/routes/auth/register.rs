//! `POST /api/auth/register`: a customer of the site whose key the page has (A2-E01).

use super::user::User;
use super::{TAG, chosen, conflict, stranger};
use crate::auth::{Credentials, Door};
use crate::error::{ApiError, language};
use crate::guard::Visit;
use crate::request::{Body, not_blank};
use crate::state::State;
use crate::text::{Text, Words};
use crate::time::now;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use garde::Validate;
use schema::sessions::rules::account_email;
use schema::sessions::{self, NewCustomer, NotRegistered};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const TAKEN: Text =
    Text::new("Bu e-posta adresiyle bir hesap var", "There is an account under this e-mail address");

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = Registration)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// ASCII; kept in lower case.
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, format = "email")]
    email: String,
    /// 8 to 72 bytes.
    #[garde(length(bytes, min = 8, max = 72))]
    #[schema(min_length = 8, max_length = 72, format = "password")]
    password: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Registered)]
pub struct Answer {
    user: User,
}

/// A new customer of the site. He signs in afterwards.
#[utoipa::path(post, path = "/api/auth/register", tag = TAG, request_body = Draft,
    responses((status = 201, body = Answer), (status = 400, description = "A field breaks a rule"),
        (status = 401, description = "No site's key, or an unknown one"),
        (status = 403, description = "X-Site-ID names another site"),
        (status = 409, description = "The address has an account, of this site or of another"),
        (status = 503, description = "Too many passwords are being hashed")))]
pub async fn register(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<Answer>), ApiError> {
    let site = Credentials::of(&headers, Door::Widget)?.site(&state).await?;
    let email = account_email(&draft.email)
        .ok_or_else(|| ApiError::field("email", Words::EMAIL.of(language(&headers))))?;
    chosen("password", &draft.password, &headers)?;
    let hash = state.passwords.hash(&draft.password).await?;
    let new = NewCustomer { email: &email, name: draft.name.trim(), password_hash: &hash };
    let made = sessions::register(&state.db, site.id, new, &stranger(&visit, &headers), now()).await;
    match made {
        Ok(profile) => Ok((StatusCode::CREATED, Json(Answer { user: profile.into() }))),
        Err(NotRegistered::Taken) => Err(conflict(TAKEN)),
        Err(NotRegistered::Database(error)) => Err(error.into()),
    }
}
