//! The skills of a site's agents (A1-21), for whoever chooses among them. They are set on the agent.

use crate::auth::{Access, Agent, guarded};
use crate::error::ApiError;
use crate::request::{List, Page, PageQuery};
use crate::state::State;
use axum::Json;
use axum::extract::State as Extract;
use schema::people::skills::{self, Skill};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(guarded(state, Access::AGENT, routes!(list)))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Skill)]
struct View {
    skill: String,
    /// How many have it.
    agents: i64,
}

impl From<Skill> for View {
    fn from(Skill { skill, agents }: Skill) -> Self {
        Self { skill, agents }
    }
}

/// The skills by name.
#[utoipa::path(get, path = "/api/skills", tag = "people", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = skills::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}
