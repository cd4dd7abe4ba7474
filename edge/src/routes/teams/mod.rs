//! A site's teams and their members (A1-21): agents read, admins write.

use super::refusal::refusal;
use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::ApiError;
use crate::request::{Body, Id, List, Page, PageQuery, not_blank};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::people::teams::{self, Changes, Team};
use schema::sites::Home;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu adda bir takım var", "There is a team of this name");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(create)))
        .routes(guarded(state, Access::ADMIN, routes!(update, delete)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TeamDraft)]
struct Draft {
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    name: String,
    /// Agents and admins of the site.
    #[garde(length(max = 500))]
    #[schema(max_items = 500)]
    #[serde(default)]
    members: Vec<Uuid>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TeamEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 255), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    name: Option<String>,
    /// All of them: who is not named leaves.
    #[garde(inner(length(max = 500)))]
    #[schema(max_items = 500)]
    members: Option<Vec<Uuid>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Team)]
struct View {
    id: Uuid,
    site_id: Uuid,
    name: String,
    members: Vec<Uuid>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Team> for View {
    fn from(row: Team) -> Self {
        let Team { id, site_id, name, members, created_at, updated_at } = row;
        let (created_at, updated_at) = (instant(created_at), instant(updated_at));
        Self { id, site_id, name, members, created_at, updated_at }
    }
}

/// The site's teams by name.
#[utoipa::path(get, path = "/api/teams", tag = "people", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = teams::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new team.
#[utoipa::path(post, path = "/api/teams", tag = "people", request_body = Draft,
    responses((status = 201, body = View), (status = 404, description = "A member is unknown"),
        (status = 409, description = "The name is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let team = (draft.name.trim(), draft.members.as_slice());
    let made = teams::create(&state.db, caller.site()?, team, &caller.by(), now()).await;
    Ok((StatusCode::CREATED, Json(made.map_err(refusal(TAKEN))?.into())))
}

/// Changes the given fields; members are replaced as a whole.
#[utoipa::path(put, path = "/api/teams/{id}", tag = "people", request_body = Edit, params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Team, id).await?;
    let changes = Changes { name: edit.name.map(|name| name.trim().to_owned()), members: edit.members };
    let new = teams::update(&state.db, site, id, changes, &caller.by(), now()).await;
    Ok(Json(new.map_err(refusal(TAKEN))?.into()))
}

/// Its members stay.
#[utoipa::path(delete, path = "/api/teams/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Team, id).await?;
    teams::delete(&state.db, site, id, &caller.by(), now()).await.map_err(refusal(TAKEN))?;
    Ok(StatusCode::NO_CONTENT)
}
