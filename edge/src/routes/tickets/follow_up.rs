//! `POST /api/tickets/:id/follow-up`: going on from a closed ticket.

use super::act::{Act, settled};
use super::reply::FollowUpView;
use super::words::PriorityWord;
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{Id, Spare, not_blank};
use crate::state::State;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::tickets::rules::Priority;
use schema::tickets::{self, FollowUp};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is absent is taken from the closed ticket.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = FollowUpDraft)]
pub struct Draft {
    #[garde(inner(length(chars, min = 1, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 10_000), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 10_000)]
    message: Option<String>,
    #[garde(skip)]
    priority: Option<PriorityWord>,
}

/// A new ticket that names the closed one and takes over whom and what it was about.
#[utoipa::path(post, path = "/api/tickets/{id}/follow-up", tag = "tickets", params(("id" = Uuid, Path)),
    request_body = Option<Draft>,
    responses((status = 201, body = FollowUpView), (status = 400), (status = 404), (status = 409)))]
pub async fn follow_up(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    Spare(draft): Spare<Draft>,
) -> Result<(StatusCode, Json<FollowUpView>), ApiError> {
    let (mut act, ticket) = Act::on(&state, &caller.0, id, None).await?;
    let words = FollowUp {
        subject: draft.subject.map(|text| text.trim().to_owned()),
        message: draft.message.map(|text| text.trim().to_owned()),
        priority: draft.priority.map(Priority::from),
    };
    let site = act.site.clone();
    let made =
        settled!(&state, act, hand => tickets::follow_up(&state.db, hand, &site, ticket, words.clone()));
    let view = FollowUpView { id: made.id, ticket_number: made.ticket_number, reference: made.reference };
    Ok((StatusCode::CREATED, Json(view)))
}
