//! `GET /api/tickets/:id`: one ticket with its replies (A8-E02).

use super::view::{DetailView, tagged};
use crate::auth::SignedIn;
use crate::error::{ApiError, Missing};
use crate::request::Id;
use crate::state::State;
use crate::time::now;
use axum::extract::State as Extract;
use axum::response::Response;
use jobs::TicketId;
use schema::sites::Home;
use schema::tickets::view::{Reader, find_detail};

/// One ticket, with its latest replies. A customer gets only his own, without internal notes.
#[utoipa::path(get, path = "/api/tickets/{id}", tag = "tickets", params(("id" = Uuid, Path)),
    responses((status = 200, body = DetailView, headers(("ETag" = String))), (status = 404)))]
pub async fn show(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let missing = || ApiError::NotFound(Missing::Ticket);
    let site = caller.home(&state, Home::Ticket, id).await.map_err(|_| missing())?;
    let reader = Reader { user_id: caller.id(), role: caller.role() };
    let detail = find_detail(&state.db, site, TicketId(id), reader, now()).await?.ok_or_else(missing)?;
    Ok(tagged(detail.record.card.version, &DetailView::of(detail, reader.is_staff())))
}
