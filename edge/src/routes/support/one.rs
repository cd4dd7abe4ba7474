//! One ticket: shown, edited, deleted; its file.

use super::base::base;
use super::edit::{Described, Fields, edited};
use super::view::View;
use crate::auth::{Admin, Agent, Caller};
use crate::error::{ApiError, Missing, language};
use crate::filing::shelf::{Directory, Shelf};
use crate::intake::{Options, decode};
use crate::request::Id;
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jobs::SiteId;
use object_store::ObjectStoreExt;
use schema::sites::{Home, home};
use schema::tickets::staff::{self, NotEdited, StaffTicket, find, find_attachment};

fn missing() -> ApiError {
    ApiError::NotFound(Missing::Ticket)
}

impl From<NotEdited> for ApiError {
    fn from(error: NotEdited) -> Self {
        match error {
            NotEdited::NotFound => missing(),
            NotEdited::Database(error) => error.into(),
        }
    }
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
#[utoipa::path(get, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path)),
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
#[utoipa::path(put, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path)),
    request_body = Described, responses((status = 200, body = View), (status = 400), (status = 404)))]
pub async fn replace(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<View>, ApiError> {
    write(&state, &caller, &name, request, false).await
}

/// The given fields (B12-05).
#[utoipa::path(patch, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path)),
    request_body = Described, responses((status = 200, body = View), (status = 400), (status = 404)))]
pub async fn patch(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<View>, ApiError> {
    write(&state, &caller, &name, request, true).await
}

async fn write(
    state: &State,
    caller: &Caller,
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
    match edited(state, site, &ticket, fields, &caller.by()).await {
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

/// Takes the ticket away (B12-06).
#[utoipa::path(delete, path = "/api/support/tickets/{id}", tag = "support", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
pub async fn remove(
    Extract(state): Extract<State>,
    caller: Admin,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (site, ticket) = named(&state, &caller, &name).await?;
    staff::delete(&state.db, site, &ticket.id.to_string(), &caller.by(), now()).await?;
    Ok(StatusCode::NO_CONTENT)
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
