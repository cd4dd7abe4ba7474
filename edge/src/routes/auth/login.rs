//! `POST /api/auth/login` (A2-10, A2-11).
//!
//! Whoever fails learns nothing of what exists: an unknown address and a wrong password are answered alike, by the
//! same work, and not before the same time has passed, since an imported hash may take longer to compute than ours.

use super::tokens::Tokens;
use super::user::User;
use super::{TAG, stranger};
use crate::error::ApiError;
use crate::guard::Visit;
use crate::guard::limits::attempt;
use crate::request::Body;
use crate::state::State;
use crate::text::Text;
use crate::time::now;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use garde::Validate;
use schema::config::Environment;
use schema::sessions::rules::{SAMPLE_PASSWORD, account_email, totp};
use schema::sessions::{self, Account, Match, NotSignedIn, SignIn, SignedIn, find_account, note_failure};
use schema::tickets::status::By;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// A2-10, exact.
const WRONG: Text = Text::new("E-posta veya şifre hatalı", "Wrong e-mail or password");
const CODE_NEEDED: Text = Text::new("Doğrulama kodu gerekli", "A verification code is needed");
const CODE_WRONG: Text = Text::new("Doğrulama kodu hatalı", "The verification code is wrong");

/// Longer than verifying takes with any hash in ordinary use.
const FAILS_AFTER: Duration = Duration::from_millis(500);

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = LogIn)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    email: String,
    #[garde(length(bytes, min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = "password")]
    password: String,
    /// Six digits, where the account has a second factor.
    #[garde(inner(length(chars, max = 20)))]
    #[schema(max_length = 20)]
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LoggedIn)]
pub struct Answer {
    #[serde(flatten)]
    tokens: Tokens,
    /// Until he has changed his password every other call answers 403.
    must_change_password: bool,
    user: User,
}

/// Signs somebody in: a new session, beside those he has.
#[utoipa::path(post, path = "/api/auth/login", tag = TAG, request_body = Draft,
    responses((status = 200, body = Answer), (status = 400, description = "A field breaks a rule"),
        (status = 401, description = "Wrong e-mail or password, a code needed (`totp_required`), or switched off"),
        (status = 403, description = "Banned"),
        (status = 503, description = "Too many passwords are being verified")))]
pub async fn login(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<Json<Answer>, ApiError> {
    let by = stranger(&visit, &headers);
    attempt(&state, &draft.email, tried(&state, &draft, &by)).await
}

async fn tried(state: &State, draft: &Draft, by: &By) -> Result<Json<Answer>, ApiError> {
    let started = Instant::now();
    match enter(state, draft, by).await {
        Ok(signed_in) => answer(state, signed_in),
        Err(Failed::Fault(error)) => Err(error),
        Err(Failed::Refused(refusal)) => {
            note_failure(&state.db, refusal.account.as_ref(), refusal.reason, by, now()).await?;
            tokio::time::sleep_until((started + FAILS_AFTER).into()).await;
            Err(refusal.error)
        }
    }
}

fn answer(state: &State, signed_in: SignedIn) -> Result<Json<Answer>, ApiError> {
    let SignedIn { session, refresh_token, profile } = signed_in;
    let tokens = Tokens::of(state, (jobs::UserId(profile.id), session), &refresh_token, now())?;
    let must_change_password = profile.must_change_password;
    Ok(Json(Answer { tokens, must_change_password, user: profile.into() }))
}

/// Why nobody was signed in.
enum Failed {
    Refused(Box<Refusal>),
    /// Nothing that he did.
    Fault(ApiError),
}

struct Refusal {
    account: Option<Account>,
    /// For the audit log.
    reason: &'static str,
    error: ApiError,
}

impl<E: Into<ApiError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed::Fault(error.into())
    }
}

fn refused(account: Option<Account>, reason: &'static str, error: ApiError) -> Failed {
    Failed::Refused(Box::new(Refusal { account, reason, error }))
}

async fn enter(state: &State, draft: &Draft, by: &By) -> Result<SignedIn, Failed> {
    let wrong = || ApiError::Said(StatusCode::UNAUTHORIZED, WRONG);
    let account = match account_email(&draft.email) {
        Some(email) => find_account(&state.db, &email).await?,
        None => None,
    };
    let is_sample = draft.password == SAMPLE_PASSWORD;
    let is_refused = is_sample && state.config.common.asisttr_env == Environment::Production;
    let stored = account.as_ref().filter(|_| !is_refused).map(|account| account.password_hash.as_str());
    let verdict = state.passwords.verify(&draft.password, stored).await?;
    let Some(account) = account else { return Err(refused(None, "unknown", wrong())) };
    if verdict == Match::Wrong {
        return Err(refused(Some(account), "password", wrong()));
    }
    admit(&account)?;
    let step = second_factor(state, &account, draft.code.as_deref())?;
    let new_hash = match verdict {
        Match::Outdated => Some(state.passwords.hash(&draft.password).await?),
        Match::Right | Match::Wrong => None,
    };
    let given = SignIn { account: &account, new_hash, must_change: is_sample, step, by };
    match sessions::sign_in(&state.db, given, now()).await {
        Ok(signed_in) => Ok(signed_in),
        Err(NotSignedIn::Changed) => Err(refused(Some(account), "changed", wrong())),
        Err(NotSignedIn::CodeUsed) => Err(refused(Some(account), "code", ApiError::Totp(CODE_WRONG))),
        Err(NotSignedIn::Database(error)) => Err(error.into()),
    }
}

/// Whoever knows the password may know why it opens nothing.
fn admit(account: &Account) -> Result<(), Failed> {
    match account {
        Account { is_active: false, .. } => {
            Err(refused(Some(account.clone()), "inactive", ApiError::BadUser))
        }
        Account { is_banned: true, .. } => Err(refused(Some(account.clone()), "banned", ApiError::Forbidden)),
        _ => Ok(()),
    }
}

/// The time step of the code, where the account has a second factor.
fn second_factor(state: &State, account: &Account, code: Option<&str>) -> Result<Option<i64>, Failed> {
    let Some(sealed) = &account.factor_sealed else { return Ok(None) };
    let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else {
        return Err(refused(Some(account.clone()), "no_code", ApiError::Totp(CODE_NEEDED)));
    };
    let secret = state.seal.open(sealed).map_err(|error| Failed::Fault(ApiError::Fault(error.into())))?;
    let step = totp::step(secret.expose_secret(), code, now());
    match step.map_err(|error| Failed::Fault(ApiError::Fault(error.into())))? {
        Some(step) => Ok(Some(step)),
        None => Err(refused(Some(account.clone()), "code", ApiError::Totp(CODE_WRONG))),
    }
}
