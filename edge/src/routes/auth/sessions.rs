//! `/api/auth/sessions`: on which devices the caller is signed in (A2-14).

use super::TAG;
use crate::auth::SignedIn;
use crate::error::{ApiError, Missing};
use crate::request::{Id, List, Page, PageQuery};
use crate::state::State;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use schema::sessions::{devices, end_device};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Session {
    id: Uuid,
    #[schema(format = "date-time")]
    created_at: String,
    /// To the minute.
    #[schema(format = "date-time")]
    last_seen_at: String,
    ip_address: Option<String>,
    user_agent: Option<String>,
    /// Whether it is the one this is asked from.
    current: bool,
}

/// The caller's sessions that last, the one used last first.
#[utoipa::path(get, path = "/api/auth/sessions", tag = TAG, params(PageQuery),
    responses((status = 200, body = List<Session>), (status = 400), (status = 401), (status = 403)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: SignedIn,
    page: Page,
) -> Result<Json<List<Session>>, ApiError> {
    let part = (i64::from(page.limit), page.offset());
    let (rows, total) = devices(&state.db, caller.id(), part, now()).await?;
    let shown = rows.into_iter().map(|row| Session {
        id: row.id,
        created_at: instant(row.created_at),
        last_seen_at: instant(row.last_seen_at),
        ip_address: row.ip_address,
        user_agent: row.user_agent,
        current: row.id == caller.session,
    });
    Ok(Json(page.list(shown.collect(), total)))
}

/// Ends one of the caller's sessions, wherever it is used.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}", tag = TAG, params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
pub async fn end(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    match end_device(&state.db, caller.user.site, caller.id(), id, &caller.by(), now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::NotFound(Missing::Record)),
    }
}
