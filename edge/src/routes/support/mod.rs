//! The support form's API (CONTRACT-B section 12): its public door, and what staff do with the tickets behind it.

mod actions;
mod base;
mod create;
mod edit;
mod list;
mod one;
mod view;

use crate::auth::{Access, Tenants, guarded};
use crate::state::State;
use axum::Json;
use axum::http::HeaderMap;
use base::base;
use schema::people::rules::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes: anybody may write, agents read, admins change (B12-11).
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let reads = Access::AGENT.with(Permission::Tickets);
    let writes = Access::ADMIN.with(Permission::Tickets);
    OpenApiRouter::new()
        .routes(guarded(state, Access::PUBLIC, routes!(root)))
        .routes(guarded(state, Access::PUBLIC.touching(Tenants::Site), routes!(create::create)))
        .routes(guarded(state, reads, routes!(list::list)))
        .routes(guarded(state, reads, routes!(one::show)))
        .routes(guarded(state, reads, routes!(one::attachment)))
        .routes(guarded(state, writes, routes!(one::replace, one::patch, one::remove)))
        .routes(guarded(state, writes, routes!(actions::update_status)))
        .routes(guarded(state, writes, routes!(actions::assign)))
        .routes(guarded(state, writes, routes!(actions::bulk)))
}

/// Where the tickets are, as an absolute URL (B12-09).
#[utoipa::path(get, path = "/api/support", tag = "support", responses((status = 200, body = Root)))]
async fn root(headers: HeaderMap) -> Json<Root> {
    Json(Root { tickets: format!("{}/api/support/tickets/", base(&headers)) })
}

#[derive(Serialize, ToSchema)]
#[schema(as = SupportRoot)]
struct Root {
    #[schema(format = "uri")]
    tickets: String,
}
