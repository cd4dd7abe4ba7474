//! `POST /api/tickets/:id/reply`: an answer, a note, or the customer's word (A8-E06).

use super::act::{Act, settled};
use super::view::AttachmentView;
use crate::auth::{Caller, SignedIn};
use crate::error::ApiError;
use crate::filing::shelf::{Directory, Shelf};
use crate::request::{Form, Id, flag, not_blank};
use crate::state::State;
use crate::time::instant;
use axum::Json;
use axum::extract::{Request, State as Extract};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use garde::Validate;
use jobs::TicketId;
use schema::people::rules::Role;
use schema::tickets::{self, Heard, NewAttachment, Said};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

const FILES: &str = "attachments";

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = ReplyDraft)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = 50_000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 50_000)]
    body: String,
    /// For the desk only. A customer's word is never a note.
    #[garde(skip)]
    #[serde(default, deserialize_with = "flag")]
    internal: bool,
}

/// The same with files.
#[derive(ToSchema)]
#[schema(as = ReplyForm)]
#[expect(dead_code, reason = "it is only described")]
pub struct DraftWithFiles {
    #[schema(min_length = 1, max_length = 50_000)]
    body: String,
    internal: Option<bool>,
    /// Up to ten files of at most 10 MB: JPEG, PNG or PDF.
    #[schema(value_type = Vec<String>, format = Binary, max_items = 10)]
    attachments: Option<Vec<u8>>,
}

/// What was said, and where it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplyMade)]
pub struct ReplyView {
    id: Uuid,
    /// The ticket that has it: another one if that goes on in its place.
    ticket_id: Uuid,
    author: &'static str,
    author_name: String,
    body: String,
    is_internal: bool,
    attachments: Vec<AttachmentView>,
    created_at: String,
    /// The new ticket that a customer's reply to a closed one has become.
    follow_up: Option<FollowUpView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = FollowUpMade)]
pub struct FollowUpView {
    pub id: Uuid,
    pub ticket_number: i64,
    pub reference: String,
}

/// Says something in a ticket. An agent's reply is mailed to the customer unless it is internal; a customer's reply to a
/// closed ticket becomes a new one that names it.
#[utoipa::path(post, path = "/api/tickets/{id}/reply", tag = "tickets", params(("id" = Uuid, Path)),
    request_body(content((Draft = "application/json"), (DraftWithFiles = "multipart/form-data"))),
    responses((status = 201, body = ReplyView), (status = 400), (status = 404), (status = 409), (status = 413),
        (status = 415), (status = 423)))]
pub async fn reply(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Id(id): Id,
    request: Request,
) -> Result<(StatusCode, Json<ReplyView>), ApiError> {
    let (act, ticket) = Act::on(&state, &caller.0, id, None).await?;
    let form = Form::<Draft>::read(&state, FILES, request).await?;
    let (caller, now) = (caller.0.clone(), crate::time::now());
    if form.files.is_empty() {
        let said = said(&caller, form.values, Vec::new());
        return speak(&state, act, &caller, ticket, said, now).await;
    }
    // Once files stand at their final keys the work goes on, whoever waits for it.
    let work = async move {
        let shelf = Shelf::fill(&state, Directory::Tickets, act.site.id, form.files).await?;
        let said = said(&caller, form.values, shelf.attachments());
        let spoken = speak(&state, act, &caller, ticket, said, now).await;
        if matches!(&spoken, Err(error) if !is_unclear(error)) {
            shelf.clear(&state).await;
        }
        spoken
    };
    tokio::spawn(work).await.map_err(|cause| ApiError::Fault(cause.into()))?
}

/// Whether nobody can tell if it was stored: then the files stay.
fn is_unclear(error: &ApiError) -> bool {
    matches!(error, ApiError::Busy | ApiError::Fault(_))
}

fn said(caller: &Caller, draft: Draft, attachments: Vec<NewAttachment>) -> Said {
    Said {
        id: Uuid::now_v7(),
        body: draft.body.trim().to_owned(),
        is_internal: draft.internal && caller.role() > Role::Customer,
        name: caller.user.name.clone(),
        email: caller.user.email.clone(),
        attachments,
    }
}

async fn speak(
    state: &State,
    mut act: Act,
    caller: &Arc<Caller>,
    ticket: TicketId,
    said: Said,
    now: DateTime<Utc>,
) -> Result<(StatusCode, Json<ReplyView>), ApiError> {
    let heard = if caller.role() > Role::Customer {
        settled!(state, act, hand => tickets::reply(&state.db, hand, ticket, &said));
        Heard::Reply(ticket)
    } else {
        let site = act.site.clone();
        settled!(state, act, hand => tickets::customer_reply(&state.db, hand, &site, ticket, &said))
    };
    Ok((StatusCode::CREATED, Json(view(caller, said, heard, now))))
}

fn view(caller: &Caller, said: Said, heard: Heard, now: DateTime<Utc>) -> ReplyView {
    let (ticket_id, follow_up) = match heard {
        Heard::Reply(ticket) => (ticket.0, None),
        Heard::NewTicket(made) => (
            made.id,
            Some(FollowUpView { id: made.id, ticket_number: made.ticket_number, reference: made.reference }),
        ),
    };
    let is_reply = follow_up.is_none();
    let attachments = said.attachments.into_iter().map(|file| AttachmentView {
        id: file.id,
        reply_id: is_reply.then_some(said.id),
        file_name: file.file_name,
        content_type: file.content_type,
        size_bytes: file.size_bytes,
        refused_because: file.refused_because,
        content_id: file.content_id,
        created_at: instant(now),
    });
    ReplyView {
        id: said.id,
        ticket_id,
        author: if caller.role() > Role::Customer { "agent" } else { "visitor" },
        author_name: said.name,
        body: said.body,
        is_internal: said.is_internal,
        attachments: attachments.collect(),
        created_at: instant(now),
        follow_up,
    }
}
