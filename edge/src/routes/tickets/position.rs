//! `PUT /api/tickets/:id/position`: a card is dropped on the board (A8-41).

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
use jobs::TicketId;
use schema::tickets::board::{self, Place};
use schema::tickets::rules::StatusKey;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where the card is dropped. Without a neighbour it is put on top of its column.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = BoardPosition)]
pub struct Position {
    /// The column; absent for the one it is in.
    #[garde(inner(length(chars, min = 1, max = 50)))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]+$")]
    status: Option<String>,
    /// The card right above it.
    #[garde(skip)]
    after: Option<Uuid>,
    /// The card right below it.
    #[garde(skip)]
    before: Option<Uuid>,
}

/// Puts the card between its new neighbours. Into another column is a change of status and obeys the table of steps: a
/// refused card stays where it was.
#[utoipa::path(put, path = "/api/tickets/{id}/position", tag = "tickets", request_body = Position,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String))), (status = 400), (status = 404),
        (status = 409), (status = 412), (status = 423)))]
pub async fn place(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
    Body(position): Body<Position>,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::Said(StatusCode::BAD_REQUEST, UNKNOWN_STATUS);
    let status = position.status.map(|text| StatusKey::parse(&text).ok_or_else(unknown)).transpose()?;
    let place = Place { status, above: position.after.map(TicketId), below: position.before.map(TicketId) };
    let (mut act, ticket) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    let record = settled!(&state, act, hand => board::place(&state.db, hand, ticket, &place));
    Ok(tagged(record.card.version, &RecordView::of(record)))
}
