//! Agents: who there is, what they are doing, and how many could take a chat (A1-E11, A1-E12).

use super::users::actor;
use super::users::view::{AgentView, StateWord};
use crate::auth::{Access, Agent, Credentials, Door, Maybe, Tenants, guarded};
use crate::error::ApiError;
use crate::request::{Body, List, Page, PageQuery, fields};
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use garde::Validate;
use schema::people::rules::{Presence, Role};
use schema::people::users::{self, Filter, Refused};
use schema::routing::rules::AgentState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::AGENT.touching(Tenants::Own), routes!(set_state)))
        .routes(guarded(state, Access::WIDGET, routes!(available)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = StateEdit)]
struct Edit {
    #[garde(skip)]
    #[schema(value_type = StateWord)]
    state: AgentState,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    state_message: Option<String>,
    /// Without effect on «Müsait» and «Meşgul», which have no end.
    #[garde(inner(custom(fields::instant)))]
    state_until: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AvailableAgents)]
struct Available {
    /// Agents who could take a chat now.
    count: usize,
    /// Agents who are there.
    online: usize,
}

/// The site's active agents and admins by name.
#[utoipa::path(get, path = "/api/agents", tag = "people", params(PageQuery),
    responses((status = 200, body = List<AgentView>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<AgentView>>, ApiError> {
    let roles = Some(vec![Role::Agent, Role::Admin]);
    let filter = Filter { roles, is_active: Some(true), ..Filter::default() };
    let (rows, total) = users::list(&state.db, caller.scope(), &filter, page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(AgentView::from).collect(), total)))
}

/// What the caller is doing from now on, and until when.
#[utoipa::path(put, path = "/api/agents/me/state", tag = "people", request_body = Edit,
    responses((status = 200, body = AgentView), (status = 400)))]
async fn set_state(
    Extract(state): Extract<State>,
    caller: Agent,
    Body(edit): Body<Edit>,
) -> Result<Json<AgentView>, ApiError> {
    let now = now();
    let presence = Presence::new(edit.state, edit.state_message, edit.state_until, now);
    let presence = presence.map_err(|_| Refused::BadState)?;
    let new =
        users::set_state(&state.db, caller.user.site, caller.id(), presence, &actor(&caller), now).await?;
    Ok(Json(new.into()))
}

/// How many agents of the site could take a chat.
#[utoipa::path(get, path = "/api/agents/available", tag = "people",
    responses((status = 200, body = Available), (status = 401)))]
async fn available(
    Extract(state): Extract<State>,
    Maybe(caller): Maybe,
    headers: HeaderMap,
) -> Result<Json<Available>, ApiError> {
    let site = match caller {
        Some(caller) => caller.site()?,
        None => Credentials::of(&headers, Door::Widget)?.current_site(&state).await?.id,
    };
    let found = users::available(&state.db, site, now()).await?;
    Ok(Json(Available { count: found.count, online: found.online }))
}
