//! `POST /api/tickets/:id/merge` and `…/unmerge`.

use super::act::{Act, settled};
use super::view::{RecordView, tagged};
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{Body, Id, IfMatch};
use crate::state::State;
use axum::extract::State as Extract;
use axum::response::Response;
use garde::Validate;
use jobs::TicketId;
use schema::tickets::merge as merges;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = MergeRequest)]
pub struct Merge {
    /// The ticket that goes on.
    #[garde(skip)]
    into: Uuid,
}

/// Merges the ticket into another, which is the answer: replies, files and people move there, the ticket is closed and
/// points to it, and mails to it arrive there.
#[utoipa::path(post, path = "/api/tickets/{id}/merge", tag = "tickets", request_body = Merge,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String))), (status = 400), (status = 404),
        (status = 409), (status = 412), (status = 423)))]
pub async fn merge(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
    Body(merge): Body<Merge>,
) -> Result<Response, ApiError> {
    let (mut act, source) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    let target = TicketId(merge.into);
    let record = settled!(&state, act, hand => merges::merge(&state.db, hand, source, target));
    Ok(tagged(record.card.version, &RecordView::of(record)))
}

/// Takes a merge back within 24 hours: the ticket, which is the answer, is as it was.
#[utoipa::path(post, path = "/api/tickets/{id}/unmerge", tag = "tickets",
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String))), (status = 404), (status = 409),
        (status = 412), (status = 423)))]
pub async fn undo(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    seen: IfMatch,
) -> Result<Response, ApiError> {
    let (mut act, source) = Act::on(&state, &caller.0, id, seen.seen()).await?;
    let record = settled!(&state, act, hand => merges::undo(&state.db, hand, source));
    Ok(tagged(record.card.version, &RecordView::of(record)))
}
