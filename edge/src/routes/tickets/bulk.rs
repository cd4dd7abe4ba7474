//! `POST /api/tickets/bulk`: the same for many (A8-E13).

use super::act::{Act, settled};
use crate::auth::Agent;
use crate::error::{ApiError, language};
use crate::request::Body;
use crate::state::State;
use crate::text::{Language, Text};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use garde::Validate;
use schema::tickets;
use schema::tickets::rules::{Status, StatusKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is done to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkAction)]
enum Action {
    Resolve,
    Close,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = BulkRequest)]
pub struct Bulk {
    #[garde(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Uuid>,
    #[garde(skip)]
    action: Action,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct Done {
    message: String,
    updated: usize,
    failed: Vec<Failure>,
}

/// A ticket that stayed as it was, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkFailure)]
struct Failure {
    id: Uuid,
    error: String,
}

/// Each ticket goes the way it would go alone; those that are refused are reported and not counted.
#[utoipa::path(post, path = "/api/tickets/bulk", tag = "tickets", request_body = Bulk,
    responses((status = 200, body = Done), (status = 400)))]
pub async fn bulk(
    Extract(state): Extract<State>,
    caller: Agent,
    headers: HeaderMap,
    Body(Bulk { mut ids, action }): Body<Bulk>,
) -> Result<Json<Done>, ApiError> {
    let language = language(&headers);
    ids.sort_unstable();
    ids.dedup();
    let (mut updated, mut failed) = (0, Vec::new());
    for id in ids {
        match one(&state, &caller, id, action).await {
            Ok(()) => updated += 1,
            // Of a database that is away nothing more is asked.
            Err(error @ (ApiError::Busy | ApiError::Fault(_))) => return Err(error),
            Err(error) => failed.push(Failure { id, error: error.native(language) }),
        }
    }
    Ok(Json(Done { message: action.message(updated, language), updated, failed }))
}

async fn one(state: &State, caller: &Agent, id: Uuid, action: Action) -> Result<(), ApiError> {
    let to: StatusKey = action.status().into();
    let (mut act, ticket) = Act::on(state, &Arc::clone(&caller.0), id, None).await?;
    settled!(state, act, hand => tickets::move_to(&state.db, hand, ticket, &to));
    Ok(())
}

impl Action {
    const fn status(self) -> Status {
        match self {
            Action::Resolve => Status::Resolved,
            Action::Close => Status::Closed,
        }
    }

    fn message(self, updated: usize, language: Language) -> String {
        let words = match self {
            Action::Resolve => Text::new("çözüldü olarak işaretlendi", "marked as resolved"),
            Action::Close => Text::new("kapatıldı", "closed"),
        };
        match language {
            Language::Tr => format!("{updated} ticket {}.", words.tr),
            Language::En => format!("{updated} tickets {}.", words.en),
        }
    }
}
