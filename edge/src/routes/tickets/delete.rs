//! `DELETE /api/tickets/:id` (A8-E05).

use super::act::Act;
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{Id, IfMatch};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use jobs::TicketId;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use schema::tickets;

/// The ticket goes with everything in it, its files too; the audit log keeps that it was there.
#[utoipa::path(delete, path = "/api/tickets/{id}", tag = "tickets",
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = 404), (status = 412), (status = 423)))]
pub async fn delete(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
) -> Result<StatusCode, ApiError> {
    let (act, ticket) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    remove(&state, &act, ticket).await
}

/// Takes a ticket away with its files.
///
/// # Errors
/// There is no such ticket, somebody else is writing in it, or it is not as it was seen.
pub async fn remove(state: &State, act: &Act, ticket: TicketId) -> Result<StatusCode, ApiError> {
    let keys = tickets::delete(&state.db, &act.hand(), ticket).await?;
    let state = state.clone();
    // The rows are gone; the files follow, whether the client waits or not.
    tokio::spawn(async move { clear(&state, keys).await });
    Ok(StatusCode::NO_CONTENT)
}

async fn clear(state: &State, keys: Vec<String>) {
    for key in keys {
        if let Err(cause) = state.store.delete(&Path::from(key)).await {
            tracing::warn!(%cause, "a file of a deleted ticket could not be deleted");
        }
    }
}
