//! `GET /api/tickets/:id/replies`: earlier replies, a page at a time.

use super::view::ReplyView;
use crate::auth::SignedIn;
use crate::error::{ApiError, Missing};
use crate::request::{Id, Query};
use crate::state::State;
use crate::text::Words;
use axum::Json;
use axum::extract::State as Extract;
use garde::Validate;
use jobs::TicketId;
use schema::pool::Scope;
use schema::sites::Home;
use schema::tickets::list::Cursor;
use schema::tickets::view::{Reader, find_replies, is_readable};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const LIMIT: u32 = 50;

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// What an earlier page gave.
    #[garde(length(chars, max = 64))]
    #[param(max_length = 64)]
    before: Option<String>,
    /// Replies of one page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

/// Replies in the order in which they were said.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketReplies)]
pub struct RepliesView {
    data: Vec<ReplyView>,
    /// Where the earlier ones are found; none if these are the first.
    before: Option<String>,
}

/// The latest replies before a place.
#[utoipa::path(get, path = "/api/tickets/{id}/replies", tag = "tickets", params(("id" = Uuid, Path), Wanted),
    responses((status = 200, body = RepliesView), (status = 400), (status = 404)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Id(id): Id,
    Query(wanted): Query<Wanted>,
) -> Result<Json<RepliesView>, ApiError> {
    let missing = || ApiError::NotFound(Missing::Ticket);
    let site = caller.home(&state, Home::Ticket, id).await.map_err(|_| missing())?;
    let before = match &wanted.before {
        Some(text) => Some(Cursor::read(text).ok_or_else(|| ApiError::field("before", Words::WRONG_TYPE))?),
        None => None,
    };
    let (reader, ticket) = (Reader { user_id: caller.id(), role: caller.role() }, TicketId(id));
    let mut tx = state.db.begin(Scope::Site(site)).await?;
    if !is_readable(&mut tx, site, ticket, reader).await? {
        return Err(missing());
    }
    let limit = i64::from(wanted.limit.unwrap_or(LIMIT));
    let before = before.map(|cursor| (cursor.at, cursor.id));
    let page = find_replies(tx.conn(), site, ticket, reader.is_staff(), before, limit).await?;
    tx.commit().await?;
    Ok(Json(RepliesView {
        before: page.before.map(|(at, id)| Cursor { at, id }.write()),
        data: ReplyView::all(page, reader.is_staff()),
    }))
}
