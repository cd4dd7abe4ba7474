//! A site's departments (A1-E08): agents read, admins write.

use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::{ApiError, Missing};
use crate::request::{Body, Id, List, Page, PageQuery};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::people::departments::{self, Changes, Department};
use schema::refused::Refused;
use schema::sites::Home;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu adda bir departman var", "There is a department of this name");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(create)))
        .routes(guarded(state, Access::ADMIN, routes!(update, delete)))
}

#[derive(Deserialize, Validate, ToSchema)]
struct Draft {
    #[garde(length(chars, min = 1, max = 255), custom(crate::request::not_blank))]
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    #[garde(skip)]
    #[serde(default)]
    is_urgent: bool,
}

#[derive(Deserialize, Validate, ToSchema)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 255), custom(crate::request::not_blank)))]
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    #[garde(skip)]
    is_urgent: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Department)]
struct View {
    id: Uuid,
    site_id: Uuid,
    name: String,
    is_urgent: bool,
    created_at: String,
}

impl From<Department> for View {
    fn from(row: Department) -> Self {
        let Department { id, site_id, name, is_urgent, created_at } = row;
        Self { id, site_id, name, is_urgent, created_at: instant(created_at) }
    }
}

fn refusal(refused: Refused) -> ApiError {
    match refused {
        Refused::NotFound => ApiError::NotFound(Missing::Department),
        refused => super::refusal::refusal(TAKEN)(refused),
    }
}

/// The site's departments by name.
#[utoipa::path(get, path = "/api/departments", tag = "people", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = departments::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new department.
#[utoipa::path(post, path = "/api/departments", tag = "people", request_body = Draft,
    responses((status = 201, body = View), (status = 409, description = "The name is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let named = (draft.name.trim(), draft.is_urgent);
    let made = departments::create(&state.db, caller.site()?, named, &caller.by(), now()).await;
    Ok((StatusCode::CREATED, Json(made.map_err(refusal)?.into())))
}

/// Changes the given fields.
#[utoipa::path(put, path = "/api/departments/{id}", tag = "people", request_body = Edit,
    params(("id" = Uuid, Path)), responses((status = 200, body = View), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Department, id).await?;
    let changes = Changes { name: edit.name.map(|name| name.trim().to_owned()), is_urgent: edit.is_urgent };
    let new = departments::update(&state.db, site, id, changes, &caller.by(), now()).await;
    Ok(Json(new.map_err(refusal)?.into()))
}

/// Its users and tickets stay, without a department.
#[utoipa::path(delete, path = "/api/departments/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Department, id).await?;
    departments::delete(&state.db, site, id, &caller.by(), now()).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}
