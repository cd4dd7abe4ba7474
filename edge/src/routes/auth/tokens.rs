//! What a session is used and prolonged with.

use crate::error::ApiError;
use crate::state::State;
use chrono::{DateTime, Utc};
use jobs::UserId;
use schema::sessions::Secret;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// For `Authorization: Bearer …`.
    token: String,
    /// Good once, at `/api/auth/refresh`, within 30 days.
    refresh_token: String,
    /// Seconds that `token` is good for.
    #[schema(minimum = 1)]
    expires_in: u64,
}

impl Tokens {
    pub fn of(
        state: &State,
        (user, session): (UserId, Uuid),
        refresh_token: &Secret,
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            token: state.tokens.sign(user, session, now)?,
            refresh_token: refresh_token.expose().to_owned(),
            expires_in: state.tokens.seconds(),
        })
    }
}
