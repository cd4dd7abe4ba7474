//! One ticket: shown, edited, deleted; its file.

use super::base::base;
use super::edit::{Described, Fields};
use super::view::View;
use crate::auth::{Admin, Agent, Caller};
use crate::error::{ApiError, Missing, language};
use crate::filing::shelf::{Directory, Shelf};
use crate::intake::{Options, decode};
use crate::request::Id;
use crate::routes::tickets::act::{Act, settled};
use crate::routes::tickets::delete;
use crate::state::State;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jobs::{SiteId, TicketId};
use object_store::ObjectStoreExt;
use schema::sites::{Home, home};
use schema::tickets::staff::{StaffTicket, find, find_attachment};
use std::sync::Arc;

fn missing() -> ApiError {
    ApiError::NotFound(Missing::Ticket)
}

/// The ticket of an id or a `SUP-…` reference, and its site.
pub async fn named(state: &State, caller: &Caller, name: &str) -> Result<(SiteId, StaffTicket), ApiError> {
    let site = match (caller.one_site(), name.parse()) {
        (Some(site), _) => site,
        (None, Ok(id)) => home(&state.db, Home::Ticket, id).await?.ok_or_else(missing)?,
        // The same reference stands in many sites.
        (None, Err(_)) => caller.site()?,
    };
    let ticket = find(&state.db, site, name).await?.ok_or_else(missing)?;
    Ok((site, ticket))
}

/// One ticket (B12-03).
#[utoipa::path(get, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path, max_length = 100)),
    responses((status = 200, body = View), (status = 404)))]
pub async fn show(
    Extract(state): Extract<State>,
    caller: Agent,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<View>, ApiError> {
    let (_, ticket) = named(&state, &caller, &name).await?;
    Ok(Json(View::of(ticket, &base(&headers))))
}

/// Every field anew (B12-04): those required of a form are required here.
#[utoipa::path(put, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path, max_length = 100)),
    request_body = Described, responses((status = 200, body = View), (status = 400), (status = 404), (status = 423)))]
pub async fn replace(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<View>, ApiError> {
    write(&state, &caller.0, &name, request, false).await
}

/// The given fields (B12-05).
#[utoipa::path(patch, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path, max_length = 100)),
    request_body = Option<Described>, responses((status = 200, body = View), (status = 400), (status = 404), (status = 423)))]
pub async fn patch(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<View>, ApiError> {
    write(&state, &caller.0, &name, request, true).await
}

async fn write(
    state: &State,
    caller: &Arc<Caller>,
    name: &str,
    request: Request,
    partial: bool,
) -> Result<Json<View>, ApiError> {
    let (language, base) = (language(request.headers()), base(request.headers()));
    let (site, ticket) = named(state, caller, name).await?;
    let mut intake = decode(request, &Options::support_form(), Some(&state.inbox)).await?;
    let judged = Fields::judge(state, site, &intake, partial, language).await;
    let mut fields = match judged {
        Ok(fields) => fields,
        Err(error) => {
            intake.discard().await;
            return Err(error);
        }
    };
    let uploads = intake.take_file("attachment").into_iter().collect();
    let shelf = Shelf::fill(state, Directory::SupportTickets, site, uploads).await?;
    fields.edit.file = shelf.attachments().into_iter().next();
    match written(state, caller, site, &ticket, &fields).await {
        Ok(()) => {
            let ticket = find(&state.db, site, &ticket.id.to_string()).await?.ok_or_else(missing)?;
            Ok(Json(View::of(ticket, &base)))
        }
        Err(error) => {
            shelf.clear(state).await;
            Err(error)
        }
    }
}

async fn written(
    state: &State,
    caller: &Arc<Caller>,
    site: SiteId,
    ticket: &StaffTicket,
    fields: &Fields,
) -> Result<(), ApiError> {
    let mut act = Act::of(state, caller, site, None).await?;
    settled!(state, act, hand => fields.write(&state.db, hand, ticket));
    Ok(())
}

/// Takes the ticket away (B12-06).
#[utoipa::path(delete, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path, max_length = 100)),
    responses((status = 204), (status = 404), (status = 423)))]
pub async fn remove(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (site, ticket) = named(&state, &caller, &name).await?;
    let act = Act::of(&state, &caller.0, site, None).await?;
    delete::remove(&state, &act, TicketId(ticket.id)).await
}

/// A ticket's file, for staff of its site only (B12-43).
#[utoipa::path(get, path = "/api/support/attachments/{id}", tag = "support", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
pub async fn attachment(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let gone = || ApiError::NotFound(Missing::Record);
    let site = caller.home(&state, Home::Attachment, id).await?;
    let file = find_attachment(&state.db, site, id).await?.ok_or_else(gone)?;
    let key = object_store::path::Path::parse(&file.storage_key).map_err(|_| gone())?;
    let stored = match state.store.get(&key).await {
        Ok(stored) => stored,
        Err(object_store::Error::NotFound { .. }) => return Err(gone()),
        Err(cause) => return Err(ApiError::Fault(cause.into())),
    };
    let mut response = Body::from_stream(stored.into_stream()).into_response();
    let kind = HeaderValue::from_str(&file.content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition(&file.file_name));
    Ok(response)
}

/// Saved, never shown in the page's own name; the file's name in the form every browser reads (RFC 6266).
fn disposition(name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let exact: String = name
        .bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect();
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}
