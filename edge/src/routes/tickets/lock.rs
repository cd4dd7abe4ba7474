//! `/api/tickets/:id/lock`: who is writing in a ticket (A8-E09, A8-E10).

use super::act::Act;
use super::view::LockView;
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::Id;
use crate::state::State;
use crate::text::Text;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schema::tickets::locks;
use uuid::Uuid;

const PREFETCHED: Text = Text::new("Kilit önceden yüklenemez", "A lock is not to be prefetched");

/// Takes the lock, or renews it. The same by `POST`, which says so better.
#[utoipa::path(get, path = "/api/tickets/{id}/lock", tag = "tickets", params(("id" = Uuid, Path)),
    responses((status = 200, body = LockView), (status = 403), (status = 404), (status = 423)))]
pub async fn look(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if method == Method::HEAD {
        return Err(ApiError::Method(method));
    }
    // A browser that guesses what will be clicked must not take locks.
    let is_guess = ["sec-purpose", "purpose", "x-moz"].into_iter().filter_map(|name| headers.get(name));
    if is_guess.filter_map(|value| value.to_str().ok()).any(|value| value.contains("prefetch")) {
        return Err(ApiError::Said(StatusCode::FORBIDDEN, PREFETCHED));
    }
    taken(&state, &caller, id).await
}

/// Takes the lock for 15 minutes, or renews it.
#[utoipa::path(post, path = "/api/tickets/{id}/lock", tag = "tickets", params(("id" = Uuid, Path)),
    responses((status = 200, body = LockView), (status = 404), (status = 423)))]
pub async fn take(Extract(state): Extract<State>, caller: Agent, Id(id): Id) -> Result<Response, ApiError> {
    taken(&state, &caller, id).await
}

/// Gives the lock back. Admins may give back others' locks too.
#[utoipa::path(delete, path = "/api/tickets/{id}/lock", tag = "tickets", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn release(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let (act, ticket) = Act::on(&state, &caller.0, id, None).await?;
    locks::release(&state.db, &act.hand(), ticket).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn taken(state: &State, caller: &Agent, id: Uuid) -> Result<Response, ApiError> {
    let (act, ticket) = Act::on(state, &caller.0, id, None).await?;
    let lock = locks::take(&state.db, &act.hand(), ticket, &caller.user.name).await?;
    let mut response = Json(LockView::from(lock)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
