//! Signing in and out (CONTRACT-A section 2): each operation in a file of its own.

mod change_password;
mod forgot_password;
mod login;
mod logout;
mod me;
mod refresh;
mod register;
mod reset_password;
mod sessions;
mod tokens;
mod totp;
mod user;

use crate::auth::{Access, Caller, guarded};
use crate::error::ApiError;
use crate::guard::Visit;
use crate::routes::tickets::user_agent;
use crate::state::State;
use crate::text::{Text, Words};
use axum::http::{HeaderMap, StatusCode};
use schema::sessions::rules::{Unfit, check_password};
use schema::sessions::{Account, Match, find_account_by_id};
use schema::tickets::status::By;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "auth";

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    // What somebody does about his own account, he may do for no other: nothing here depends on a permission.
    let stale = Access::SIGNED_IN.with_stale_password();
    OpenApiRouter::new()
        .routes(guarded(state, Access::KEYED, routes!(register::register)))
        .routes(guarded(state, Access::OPEN, routes!(login::login)))
        .routes(guarded(state, Access::OPEN, routes!(refresh::refresh)))
        .routes(guarded(state, Access::OPEN, routes!(forgot_password::forgot_password)))
        .routes(guarded(state, Access::OPEN, routes!(reset_password::reset_password)))
        .routes(guarded(state, stale, routes!(logout::logout)))
        .routes(guarded(state, stale, routes!(change_password::change_password)))
        .routes(guarded(state, Access::SIGNED_IN, routes!(me::me)))
        .routes(guarded(state, Access::SIGNED_IN, routes!(sessions::list)))
        .routes(guarded(state, Access::SIGNED_IN, routes!(sessions::end)))
        .routes(guarded(state, Access::SIGNED_IN, routes!(totp::begin, totp::remove)))
        .routes(guarded(state, Access::SIGNED_IN, routes!(totp::confirm)))
}

const KNOWN_PASSWORD: Text = Text::new("Bu şifre herkesçe biliniyor.", "Everybody knows this password.");
const SAME_PASSWORD: Text =
    Text::new("Yeni şifre eskisinden farklı olmalı.", "The new password must differ from the old one.");
const WRONG_PASSWORD: Text = Text::new("Şifre hatalı.", "The password is wrong.");

/// Somebody who is not signed in yet, for the audit log.
fn stranger(visit: &Visit, headers: &HeaderMap) -> By {
    By { user_id: None, origin: visit.origin(user_agent(headers)) }
}

/// A password that somebody chooses; its length has been checked with the body.
fn chosen(field: &str, password: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    let language = crate::error::language(headers);
    match check_password(password) {
        Ok(()) => Ok(()),
        Err(Unfit::Sample) => Err(ApiError::field(field, KNOWN_PASSWORD.of(language))),
        Err(Unfit::Short | Unfit::Long) => Err(ApiError::field(field, Words::WRONG_TYPE.of(language))),
    }
}

/// The caller's account, after he has shown its password in `field`.
async fn proved(
    state: &State,
    caller: &Caller,
    (field, password): (&str, &str),
    headers: &HeaderMap,
) -> Result<Account, ApiError> {
    let account = find_account_by_id(&state.db, caller.id()).await?.ok_or(ApiError::BadUser)?;
    match state.passwords.verify(password, Some(&account.password_hash)).await? {
        Match::Right | Match::Outdated => Ok(account),
        Match::Wrong => Err(wrong_password(field, headers)),
    }
}

fn wrong_password(field: &str, headers: &HeaderMap) -> ApiError {
    ApiError::field(field, WRONG_PASSWORD.of(crate::error::language(headers)))
}

const fn conflict(text: Text) -> ApiError {
    ApiError::Said(StatusCode::CONFLICT, text)
}
