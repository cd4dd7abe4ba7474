//! `GET /api/tickets/:id`: one ticket with its replies (A8-E02).

use super::view::{DetailView, tagged};
use crate::auth::SignedIn;
use crate::error::{ApiError, Missing};
use crate::request::Id;
use crate::state::State;
use crate::time::now;
use axum::extract::State as Extract;
use axum::response::Response;
use jobs::{SiteId, TicketId};
use schema::mail::agent_tokens;
use schema::people::rules::Role;
use schema::sites::{Home, Settings};
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
    let (version, number) = (detail.record.card.version, detail.record.card.ticket_number);
    let address = reply_address(&state, site, reader, number).await?;
    Ok(tagged(version, &DetailView::of(detail, reader.is_staff(), address)))
}

/// The site's address with a token that proves the caller's hand; for its agents and admins.
async fn reply_address(
    state: &State,
    site: SiteId,
    reader: Reader,
    ticket_number: i64,
) -> Result<Option<String>, ApiError> {
    if !matches!(reader.role, Role::Agent | Role::Admin) {
        return Ok(None);
    }
    let settings = state.sites.by_id(site).await?;
    let support = settings.as_deref().and_then(Settings::support_address);
    Ok(support.map(|support| agent_tokens(&state.seal).reply_to(reader.user_id.0, ticket_number, support)))
}
