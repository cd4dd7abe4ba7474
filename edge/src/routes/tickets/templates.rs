//! `/api/tickets/templates` (A8-E11): agents read and fill them, admins write them.

use super::categories::refusal;
use super::{ADMIN, AGENT};
use crate::auth::{Admin, Agent, guarded};
use crate::error::{ApiError, Missing};
use crate::request::{Body, Id, List, Page, PageQuery, Query, changed, not_blank};
use crate::state::State;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use jobs::TicketId;
use schema::sites::Home;
use schema::tickets::templates::{self, Changes, Template};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, AGENT, routes!(list)))
        .routes(guarded(state, AGENT, routes!(render)))
        .routes(guarded(state, ADMIN, routes!(create)))
        .routes(guarded(state, ADMIN, routes!(update, delete)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TicketTemplateDraft)]
struct Draft {
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    #[garde(length(chars, max = 200))]
    #[serde(default)]
    #[schema(max_length = 200)]
    subject: String,
    /// `{{ticket_number}}`, `{{visitor_name}}`, `{{agent_name}}` and `{{subject}}` are filled in.
    #[garde(length(chars, min = 1, max = 10_000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
    #[garde(skip)]
    category_id: Option<Uuid>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TicketTemplateEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 255), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    subject: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 10_000), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 10_000)]
    body: Option<String>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "changed")]
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<Option<Uuid>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TicketTemplate)]
struct View {
    id: Uuid,
    site_id: Uuid,
    name: String,
    subject: String,
    body: String,
    category_id: Option<Uuid>,
    created_at: String,
    updated_at: String,
}

/// A template filled for a ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketTemplateFilled)]
struct Filled {
    subject: String,
    body: String,
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct For {
    #[garde(skip)]
    ticket_id: Uuid,
}

impl From<Template> for View {
    fn from(row: Template) -> Self {
        let Template { id, site_id, name, subject, body, category_id, created_at, updated_at } = row;
        let (created_at, updated_at) = (instant(created_at), instant(updated_at));
        Self { id, site_id, name, subject, body, category_id, created_at, updated_at }
    }
}

/// The site's templates by name.
#[utoipa::path(get, path = "/api/tickets/templates", tag = "tickets", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = templates::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// The template with the ticket's number, its visitor's name, the caller's name and the subject in their places; names
/// that mean nothing stay as they are.
#[utoipa::path(get, path = "/api/tickets/templates/{id}/render", tag = "tickets",
    params(("id" = Uuid, Path), For), responses((status = 200, body = Filled), (status = 400), (status = 404)))]
async fn render(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    Query(wanted): Query<For>,
) -> Result<Json<Filled>, ApiError> {
    let site = caller.home(&state, Home::Template, id).await?;
    let ticket = TicketId(wanted.ticket_id);
    let filled = templates::render(&state.db, site, id, ticket, &caller.user.name).await.map_err(refusal)?;
    let filled = filled.ok_or(ApiError::NotFound(Missing::Ticket))?;
    Ok(Json(Filled { subject: filled.subject, body: filled.body }))
}

/// A new template.
#[utoipa::path(post, path = "/api/tickets/templates", tag = "tickets", request_body = Draft,
    responses((status = 201, body = View), (status = 400), (status = 404, description = "No such category"),
        (status = 409, description = "The name is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let draft = templates::Draft {
        name: draft.name.trim().to_owned(),
        subject: draft.subject,
        body: draft.body,
        category_id: draft.category_id,
    };
    let made = templates::create(&state.db, caller.site()?, &draft, &caller.by(), now()).await;
    Ok((StatusCode::CREATED, Json(made.map_err(refusal)?.into())))
}

/// Changes the given fields.
#[utoipa::path(put, path = "/api/tickets/templates/{id}", tag = "tickets", request_body = Edit,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 400), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Template, id).await?;
    let changes = Changes {
        name: edit.name.map(|name| name.trim().to_owned()),
        subject: edit.subject,
        body: edit.body,
        category_id: edit.category_id,
    };
    let new = templates::update(&state.db, site, id, changes, &caller.by(), now()).await;
    Ok(Json(new.map_err(refusal)?.into()))
}

/// Tickets do not know of it.
#[utoipa::path(delete, path = "/api/tickets/templates/{id}", tag = "tickets", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Template, id).await?;
    templates::delete(&state.db, site, id, &caller.by(), now()).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}
