//! `PUT /api/tickets/:id/assign` (A8-E07).

use super::act::{Act, settled};
use super::view::{RecordView, tagged};
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{Body, Id, IfMatch, changed};
use crate::state::State;
use crate::text::Words;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::response::Response;
use garde::Validate;
use jobs::UserId;
use schema::tickets;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = Assignment)]
pub struct Assignment {
    /// An active agent or admin of the site; `null` for nobody.
    #[garde(skip)]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<Uuid>, required)]
    agent_id: Option<Option<Uuid>>,
}

/// Gives the ticket to somebody, who is told of it, or to nobody. A new ticket is open from then on.
#[utoipa::path(put, path = "/api/tickets/{id}/assign", tag = "tickets", request_body = Assignment,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String))), (status = 400), (status = 404),
        (status = 412), (status = 423)))]
pub async fn assign(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
    headers: HeaderMap,
    Body(assignment): Body<Assignment>,
) -> Result<Response, ApiError> {
    let language = crate::error::language(&headers);
    let required = || ApiError::field("agent_id", Words::REQUIRED.of(language));
    let agent = assignment.agent_id.ok_or_else(required)?.map(UserId);
    let (mut act, ticket) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    let record = settled!(&state, act, hand => tickets::assign(&state.db, hand, ticket, agent));
    Ok(tagged(record.card.version, &RecordView::of(record)))
}
