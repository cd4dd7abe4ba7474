//! «Hazır Cevaplar» (A1-E09, A1-30): every agent of the site reads and writes them, unless his role lost the right.

use super::refusal::refusal;
use crate::auth::{Access, Agent, guarded};
use crate::error::ApiError;
use crate::request::{Body, Id, List, Page, PageQuery, Query, changed, fields, not_blank};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::canned_responses::{self, CannedResponse, Changes};
use schema::people::rules::Permission;
use schema::sites::Home;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu kısayol kullanılıyor", "This shortcut is in use");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let access = Access::AGENT.with(Permission::CannedResponses);
    OpenApiRouter::new().routes(guarded(state, access, routes!(list, create))).routes(guarded(
        state,
        access,
        routes!(update, delete),
    ))
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// In the title or the shortcut.
    #[garde(inner(length(chars, max = 100)))]
    #[param(max_length = 100)]
    search: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = CannedResponseDraft)]
struct Draft {
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    title: String,
    #[garde(length(chars, min = 1, max = 10_000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 10_000, pattern = r"\S")]
    body: String,
    #[garde(inner(length(chars, min = 1, max = 50), custom(fields::no_blanks)))]
    #[schema(min_length = 1, max_length = 50, pattern = r"^\S+$")]
    shortcut: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = CannedResponseEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 255), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    title: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 10_000), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 10_000, pattern = r"\S")]
    body: Option<String>,
    /// Null takes it away.
    #[garde(inner(inner(length(chars, min = 1, max = 50), custom(fields::no_blanks))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50, pattern = r"^\S+$")]
    #[serde(default, deserialize_with = "changed")]
    shortcut: Option<Option<String>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CannedResponse)]
struct View {
    id: Uuid,
    site_id: Uuid,
    title: String,
    body: String,
    shortcut: Option<String>,
    created_by: Option<Uuid>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<CannedResponse> for View {
    fn from(row: CannedResponse) -> Self {
        let CannedResponse { id, site_id, title, body, shortcut, created_by, created_at, updated_at } = row;
        let (created_at, updated_at) = (instant(created_at), instant(updated_at));
        Self { id, site_id, title, body, shortcut, created_by, created_at, updated_at }
    }
}

/// The site's ready answers by title.
#[utoipa::path(get, path = "/api/canned-responses", tag = "people", params(Search, PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    Query(wanted): Query<Search>,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let search = wanted.search.as_deref();
    let (rows, total) = canned_responses::list(&state.db, caller.scope(), search, page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new ready answer.
#[utoipa::path(post, path = "/api/canned-responses", tag = "people", request_body = Draft,
    responses((status = 201, body = View), (status = 409, description = "The shortcut is taken")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Agent,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let Draft { title, body, shortcut } = draft;
    let draft = canned_responses::Draft { title: title.trim().to_owned(), body, shortcut };
    let made = canned_responses::create(&state.db, caller.site()?, &draft, &caller.by(), now()).await;
    Ok((StatusCode::CREATED, Json(made.map_err(refusal(TAKEN))?.into())))
}

/// Changes the given fields.
#[utoipa::path(put, path = "/api/canned-responses/{id}", tag = "people", request_body = Edit,
    params(("id" = Uuid, Path)), responses((status = 200, body = View), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::CannedResponse, id).await?;
    let Edit { title, body, shortcut } = edit;
    let changes = Changes { title: title.map(|title| title.trim().to_owned()), body, shortcut };
    let new = canned_responses::update(&state.db, site, id, changes, &caller.by(), now()).await;
    Ok(Json(new.map_err(refusal(TAKEN))?.into()))
}

/// Takes the ready answer away.
#[utoipa::path(delete, path = "/api/canned-responses/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Agent, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::CannedResponse, id).await?;
    canned_responses::delete(&state.db, site, id, &caller.by(), now()).await.map_err(refusal(TAKEN))?;
    Ok(StatusCode::NO_CONTENT)
}
