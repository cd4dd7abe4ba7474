//! A site's tags (A4-E14): agents read, admins write.

use super::refusal::refusal;
use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::ApiError;
use crate::request::{Body, Id, List, Page, PageQuery, fields, not_blank};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::sites::Home;
use schema::tags::{self, Changes, Tag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu adda bir etiket var", "There is a tag of this name");
const GREY: &str = "#6b7280";

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(create)))
        .routes(guarded(state, Access::ADMIN, routes!(update, delete)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TagDraft)]
struct Draft {
    #[garde(length(chars, min = 1, max = 50), custom(not_blank))]
    #[schema(min_length = 1, max_length = 50, pattern = r"\S")]
    name: String,
    #[garde(inner(custom(fields::color)))]
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$", default = "#6b7280")]
    color: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TagEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 50), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 50, pattern = r"\S")]
    name: Option<String>,
    #[garde(inner(custom(fields::color)))]
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    color: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Tag)]
struct View {
    id: Uuid,
    site_id: Uuid,
    name: String,
    color: String,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Tag> for View {
    fn from(row: Tag) -> Self {
        let Tag { id, site_id, name, color, created_at } = row;
        Self { id, site_id, name, color, created_at: instant(created_at) }
    }
}

/// The site's tags by name.
#[utoipa::path(get, path = "/api/tags", tag = "people", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = tags::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new tag.
#[utoipa::path(post, path = "/api/tags", tag = "people", request_body = Draft,
    responses((status = 201, body = View), (status = 409, description = "The name is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let looks = (draft.name.trim(), draft.color.as_deref().unwrap_or(GREY));
    let made = tags::create(&state.db, caller.site()?, looks, &caller.by(), now()).await;
    Ok((StatusCode::CREATED, Json(made.map_err(refusal(TAKEN))?.into())))
}

/// Changes the given fields.
#[utoipa::path(put, path = "/api/tags/{id}", tag = "people", request_body = Edit, params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Tag, id).await?;
    let changes = Changes { name: edit.name.map(|name| name.trim().to_owned()), color: edit.color };
    let new = tags::update(&state.db, site, id, changes, &caller.by(), now()).await;
    Ok(Json(new.map_err(refusal(TAKEN))?.into()))
}

/// Takes the tag away.
#[utoipa::path(delete, path = "/api/tags/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Tag, id).await?;
    tags::delete(&state.db, site, id, &caller.by(), now()).await.map_err(refusal(TAKEN))?;
    Ok(StatusCode::NO_CONTENT)
}
