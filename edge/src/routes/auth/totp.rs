//! `/api/auth/totp`: a second factor for those who want one. Begun, it gives a secret for an authenticator app; it is
//! in force once a code of that app was shown, and log-ins need one from then on.

use super::{TAG, conflict, proved};
use crate::auth::SignedIn;
use crate::error::{ApiError, Missing, language};
use crate::request::Body;
use crate::state::State;
use crate::text::Text;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use garde::Validate;
use schema::sessions::{NoFactor, begin_factor, confirm_factor, remove_factor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const IN_FORCE: Text = Text::new("İki adımlı doğrulama zaten açık", "The second factor is in force already");
const NOT_BEGUN: Text = Text::new("Önce iki adımlı doğrulamayı başlatın", "Begin the second factor first");
const WRONG_CODE: Text = Text::new("Doğrulama kodu hatalı.", "The verification code is wrong.");

#[derive(Serialize, ToSchema)]
#[schema(as = TotpSetup)]
pub struct Setup {
    /// Base 32, to be typed into an app.
    secret: String,
    /// The same for apps that read a picture of it.
    otpauth_url: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TotpCode)]
pub struct Code {
    /// Six digits.
    #[garde(length(chars, min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    code: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TotpRemoval)]
pub struct Removal {
    #[garde(length(bytes, min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = "password")]
    password: String,
}

/// A fresh secret. It is shown this once, and counts once it is confirmed.
#[utoipa::path(post, path = "/api/auth/totp", tag = TAG, responses((status = 200, body = Setup), (status = 401),
    (status = 403), (status = 409, description = "There is a second factor in force")))]
pub async fn begin(Extract(state): Extract<State>, caller: SignedIn) -> Result<Json<Setup>, ApiError> {
    let whose = (caller.id(), caller.user.email.as_str());
    let setup = begin_factor(&state.db, &state.seal, whose, now()).await?;
    Ok(Json(Setup { secret: setup.secret, otpauth_url: setup.otpauth_url }))
}

/// Puts the second factor in force.
#[utoipa::path(post, path = "/api/auth/totp/confirm", tag = TAG, request_body = Code, responses((status = 204),
    (status = 400, description = "The code is wrong"), (status = 401), (status = 403),
    (status = 409, description = "None was begun, or it is in force")))]
pub async fn confirm(
    Extract(state): Extract<State>,
    caller: SignedIn,
    headers: HeaderMap,
    Body(Code { code }): Body<Code>,
) -> Result<StatusCode, ApiError> {
    let whose = (caller.user.site, caller.id());
    match confirm_factor(&state.db, &state.seal, whose, &code, &caller.by(), now()).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(NoFactor::WrongCode) => Err(ApiError::field("code", WRONG_CODE.of(language(&headers)))),
        Err(other) => Err(other.into()),
    }
}

/// Takes the second factor away; the password must be shown.
#[utoipa::path(delete, path = "/api/auth/totp", tag = TAG, request_body = Removal, responses((status = 204),
    (status = 400, description = "The password is wrong"), (status = 401), (status = 403), (status = 503),
    (status = 404, description = "There is none")))]
pub async fn remove(
    Extract(state): Extract<State>,
    caller: SignedIn,
    headers: HeaderMap,
    Body(Removal { password }): Body<Removal>,
) -> Result<StatusCode, ApiError> {
    proved(&state, &caller, ("password", &password), &headers).await?;
    match remove_factor(&state.db, (caller.user.site, caller.id()), &caller.by(), now()).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(NoFactor::NotBegun) => Err(ApiError::NotFound(Missing::Record)),
        Err(other) => Err(other.into()),
    }
}

impl From<NoFactor> for ApiError {
    fn from(refused: NoFactor) -> Self {
        match refused {
            NoFactor::InForce => conflict(IN_FORCE),
            NoFactor::NotBegun => conflict(NOT_BEGUN),
            NoFactor::WrongCode => ApiError::Said(StatusCode::BAD_REQUEST, WRONG_CODE),
            NoFactor::Database(error) => error.into(),
            NoFactor::Broken(error) => ApiError::Fault(error),
        }
    }
}
