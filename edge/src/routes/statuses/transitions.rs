//! `/api/status-transitions`: which status may follow which, and who may take the step.

use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::ApiError;
use crate::request::{Body, Id, List, Page, PageQuery};
use crate::state::State;
use crate::text::Words;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use garde::Validate;
use schema::people::rules::Role;
use schema::sites::Home;
use schema::tickets::rules::StatusKey;
use schema::tickets::statuses::transitions::{self, Changes, Step, Transition};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(create)))
        .routes(guarded(state, Access::ADMIN, routes!(update, delete)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = StepRole)]
enum RoleWord {
    Agent,
    Admin,
    SuperAdmin,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Agent => Role::Agent,
            RoleWord::Admin => Role::Admin,
            RoleWord::SuperAdmin => Role::SuperAdmin,
        }
    }
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TransitionDraft)]
struct Draft {
    #[garde(length(chars, min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]{1,50}$")]
    from: String,
    #[garde(length(chars, min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]{1,50}$")]
    to: String,
    /// Who may take the step; everybody if none is named.
    #[garde(length(max = 4))]
    #[serde(default)]
    #[schema(max_items = 4)]
    roles: Vec<RoleWord>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = TransitionEdit)]
struct Edit {
    #[garde(inner(length(chars, min = 1, max = 50)))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]{1,50}$")]
    from: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 50)))]
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z_]{1,50}$")]
    to: Option<String>,
    #[garde(length(max = 4))]
    #[schema(max_items = 4)]
    roles: Option<Vec<RoleWord>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StatusTransition)]
struct View {
    id: Uuid,
    site_id: Uuid,
    from: String,
    to: String,
    roles: Vec<String>,
    created_at: String,
}

impl From<Transition> for View {
    fn from(row: Transition) -> Self {
        let Transition { id, site_id, from_key, to_key, roles, created_at } = row;
        Self { id, site_id, from: from_key, to: to_key, roles, created_at: instant(created_at) }
    }
}

/// The site's steps in the order of the board.
#[utoipa::path(get, path = "/api/status-transitions", tag = "statuses", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) =
        transitions::list(&state.db, caller.scope(), i64::from(page.limit), page.offset()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// Allows a step.
#[utoipa::path(post, path = "/api/status-transitions", tag = "statuses", request_body = Draft,
    responses((status = 201, body = View), (status = 400, description = "No such status, or both are the same"),
        (status = 409, description = "The step is allowed already")))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let (from, to) = (key("from", &draft.from)?, key("to", &draft.to)?);
    differ(&from, &to)?;
    let step = Step { from, to, roles: draft.roles.into_iter().map(Role::from).collect() };
    let made = transitions::create(&state.db, caller.site()?, step, &caller.by(), now()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Changes the given fields.
#[utoipa::path(put, path = "/api/status-transitions/{id}", tag = "statuses", request_body = Edit,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 400), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = caller.home(&state, Home::Transition, id).await?;
    let changes = Changes {
        from: edit.from.as_deref().map(|text| key("from", text)).transpose()?,
        to: edit.to.as_deref().map(|text| key("to", text)).transpose()?,
        roles: edit.roles.map(|roles| roles.into_iter().map(Role::from).collect()),
    };
    Ok(Json(transitions::update(&state.db, site, id, changes, &caller.by(), now()).await?.into()))
}

/// The step is not allowed any more.
#[utoipa::path(delete, path = "/api/status-transitions/{id}", tag = "statuses", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Transition, id).await?;
    transitions::delete(&state.db, site, id, &caller.by(), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn key(field: &str, text: &str) -> Result<StatusKey, ApiError> {
    StatusKey::parse(text).ok_or_else(|| ApiError::field(field, Words::WRONG_TYPE))
}

fn differ(from: &StatusKey, to: &StatusKey) -> Result<(), ApiError> {
    if from == to { Err(ApiError::field("to", Words::WRONG_TYPE)) } else { Ok(()) }
}
