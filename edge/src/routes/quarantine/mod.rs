//! Mails that were given to nobody (B10-18, B10-67): super admins see all of them, admins those that are known to be
//! their site's.

mod view;

use super::refusal::refusal;
use crate::auth::{Access, Admin, SuperAdmin, guarded};
use crate::error::{ApiError, Missing};
use crate::request::{Body, Id, List, Page, PageQuery};
use crate::state::State;
use crate::text::Text;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use jobs::{MailId, SiteId};
use object_store::ObjectStoreExt;
use schema::mail::quarantine::{self, Bytes};
use schema::refused::Refused;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use view::View;

const NOT_HERE: Text = Text::new(
    "E-posta sunucuda kaldı; içeriği alınmadığı için yeniden işlenemez.",
    "The mail stayed on its server; without its content it cannot be processed again.",
);

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::ADMIN, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(show, dismiss)))
        .routes(guarded(state, Access::ADMIN, routes!(raw)))
        .routes(guarded(state, Access::ADMIN, routes!(replay)))
        .routes(guarded(state, Access::SUPER_ADMIN, routes!(assign)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = MailAssignment)]
struct Assignment {
    /// The site that gets the mail.
    #[garde(skip)]
    site_id: Uuid,
}

fn missing() -> ApiError {
    ApiError::NotFound(Missing::Record)
}

/// The mails in quarantine, the latest first.
#[utoipa::path(get, path = "/api/email/quarantine", tag = "mail", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Admin,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = quarantine::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// One mail in quarantine.
#[utoipa::path(get, path = "/api/email/quarantine/{id}", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404)))]
async fn show(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<Json<View>, ApiError> {
    let found = quarantine::find(&state.db, caller.scope(), MailId(id)).await?;
    Ok(Json(found.ok_or_else(missing)?.into()))
}

/// The mail as it came, byte for byte.
#[utoipa::path(get, path = "/api/email/quarantine/{id}/raw", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "message/rfc822"), (status = 404)))]
async fn raw(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<Response, ApiError> {
    let bytes = quarantine::bytes(&state.db, caller.scope(), MailId(id)).await?.ok_or_else(missing)?;
    let body = match bytes {
        Bytes { raw: Some(raw), .. } => axum::body::Body::from(raw),
        Bytes { raw: None, raw_key } => stored(&state, &raw_key.ok_or_else(missing)?).await?,
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822"));
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{id}.eml\""));
    headers.insert(header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment")));
    Ok(response)
}

async fn stored(state: &State, key: &str) -> Result<axum::body::Body, ApiError> {
    let key = object_store::path::Path::parse(key).map_err(|_| missing())?;
    match state.store.get(&key).await {
        Ok(stored) => Ok(axum::body::Body::from_stream(stored.into_stream())),
        Err(object_store::Error::NotFound { .. }) => Err(missing()),
        Err(cause) => Err(ApiError::Fault(cause.into())),
    }
}

/// Has the mail read again, as if it had just come in.
#[utoipa::path(post, path = "/api/email/quarantine/{id}/replay", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404),
        (status = 409, description = "The mail was never fetched")))]
async fn replay(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<Json<View>, ApiError> {
    let kept = quarantine::replay(&state.db, caller.scope(), MailId(id), &caller.by(), now()).await;
    Ok(Json(kept.map_err(refusal(NOT_HERE))?.into()))
}

/// Gives the mail to a site, where it becomes a ticket or a reply (B10-67).
#[utoipa::path(post, path = "/api/email/quarantine/{id}/assign", tag = "mail", request_body = Assignment,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404),
        (status = 409, description = "The mail was never fetched")))]
async fn assign(
    Extract(state): Extract<State>,
    caller: SuperAdmin,
    Id(id): Id,
    Body(to): Body<Assignment>,
) -> Result<Json<View>, ApiError> {
    let site = SiteId(to.site_id);
    let kept = quarantine::assign(&state.db, MailId(id), site, &caller.by(), now()).await;
    let kept = kept.map_err(|refused| match refused {
        Refused::NamesUnknown => ApiError::NotFound(Missing::Site),
        other => refusal(NOT_HERE)(other),
    })?;
    Ok(Json(kept.into()))
}

/// Puts the mail aside. Its bytes are kept.
#[utoipa::path(delete, path = "/api/email/quarantine/{id}", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn dismiss(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let gone = quarantine::dismiss(&state.db, caller.scope(), MailId(id), &caller.by(), now()).await;
    gone.map_err(refusal(NOT_HERE))?;
    Ok(StatusCode::NO_CONTENT)
}
