//! `/api/tickets/categories` (A8-E12): agents read, admins write.

use super::{ADMIN, AGENT};
use crate::auth::{Admin, Agent, guarded};
use crate::error::{ApiError, Missing};
use crate::request::{Body, Id, List, Page, PageQuery, not_blank};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::refused::Refused;
use schema::sites::Home;
use schema::tickets::categories::{self, Category};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu adda bir kayıt var", "There is a record of this name");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, AGENT, routes!(list)))
        .routes(guarded(state, ADMIN, routes!(create)))
        .routes(guarded(state, ADMIN, routes!(update, delete)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TicketCategoryDraft)]
struct Draft {
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255)]
    name: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TicketCategoryEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 255), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TicketCategory)]
struct View {
    id: Uuid,
    site_id: Uuid,
    name: String,
    created_at: String,
}

impl From<Category> for View {
    fn from(row: Category) -> Self {
        let Category { id, site_id, name, created_at } = row;
        Self { id, site_id, name, created_at: instant(created_at) }
    }
}

/// What is refused of categories and of templates, which may name one.
pub(super) fn refusal(refused: Refused) -> ApiError {
    match refused {
        Refused::NamesUnknown => ApiError::NotFound(Missing::Category),
        refused => crate::routes::refusal::refusal(TAKEN)(refused),
    }
}

/// The site's categories by name.
#[utoipa::path(get, path = "/api/tickets/categories", tag = "tickets", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = categories::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new category.
#[utoipa::path(post, path = "/api/tickets/categories", tag = "tickets", request_body = Draft,
    responses((status = 201, body = View), (status = 400), (status = 409, description = "The name is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let made = categories::create(&state.db, caller.site()?, draft.name.trim(), &caller.by(), now()).await;
    Ok((StatusCode::CREATED, Json(made.map_err(refusal)?.into())))
}

/// Gives it another name.
#[utoipa::path(put, path = "/api/tickets/categories/{id}", tag = "tickets", request_body = Edit,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 400), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Category, id).await?;
    let name = edit.name.as_deref().map(str::trim);
    let new = categories::rename(&state.db, site, id, name, &caller.by(), now()).await;
    Ok(Json(new.map_err(refusal)?.into()))
}

/// Its tickets and templates stay, without a category.
#[utoipa::path(delete, path = "/api/tickets/categories/{id}", tag = "tickets", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Category, id).await?;
    categories::delete(&state.db, site, id, &caller.by(), now()).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}
