//! `PUT /api/tickets/:id/status` (A8-E08).

use super::act::{Act, settled};
use super::refused::UNKNOWN_STATUS;
use super::view::{RecordView, tagged};
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{Body, Id, IfMatch};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::Response;
use garde::Validate;
use schema::tickets;
use schema::tickets::rules::StatusKey;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = StatusChange)]
pub struct Change {
    /// The key of one of the site's statuses.
    #[garde(length(chars, min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]+$")]
    status: String,
}

/// Takes the ticket to another status, as far as the site's table of steps goes.
#[utoipa::path(put, path = "/api/tickets/{id}/status", tag = "tickets", request_body = Change,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String))), (status = 400), (status = 404),
        (status = 409), (status = 412), (status = 423)))]
pub async fn change(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<Change>,
) -> Result<Response, ApiError> {
    let unknown = ApiError::Said(StatusCode::BAD_REQUEST, UNKNOWN_STATUS);
    let to = StatusKey::parse(&change.status).ok_or(unknown)?;
    let (mut act, ticket) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    let record = settled!(&state, act, hand => tickets::move_to(&state.db, hand, ticket, &to));
    Ok(tagged(record.card.version, &RecordView::of(record)))
}
