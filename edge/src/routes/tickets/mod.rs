//! Tickets of the native API (CONTRACT-A 8.8).

pub(super) mod act;
mod assign;
mod board;
mod bulk;
mod categories;
mod create;
pub(super) mod delete;
mod draft;
mod edit;
mod follow_up;
mod list;
mod lock;
mod merge;
mod position;
pub mod refused;
mod replies;
mod reply;
mod show;
mod status;
mod templates;
mod view;
mod words;

use crate::auth::{Access, Tenants, guarded};
use crate::state::State;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schema::people::rules::Permission;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const AGENT: Access = Access::AGENT.with(Permission::Tickets);
const ADMIN: Access = Access::ADMIN.with(Permission::Tickets);
/// Customers too, for tickets of their own.
const READER: Access = Access::SIGNED_IN.with(Permission::Tickets).touching(Tenants::Site);

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let guard = |access, routes| guarded(state, access, routes);
    OpenApiRouter::new()
        .routes(guard(AGENT, routes!(list::list)))
        .routes(guard(Access::WIDGET, routes!(create::create)))
        .routes(guard(Access::SIGNED_IN, routes!(list::mine)))
        .routes(guard(AGENT, routes!(bulk::bulk)))
        .routes(guard(AGENT, routes!(board::board)))
        .routes(guard(READER, routes!(show::show)))
        .routes(guard(AGENT, routes!(edit::edit, delete::delete)))
        .routes(guard(READER, routes!(replies::list)))
        .routes(guard(READER, routes!(reply::reply)))
        .routes(guard(AGENT, routes!(assign::assign)))
        .routes(guard(AGENT, routes!(status::change)))
        .routes(guard(AGENT, routes!(position::place)))
        .routes(guard(AGENT, routes!(lock::look, lock::take, lock::release)))
        .routes(guard(AGENT, routes!(merge::merge)))
        .routes(guard(AGENT, routes!(merge::undo)))
        .routes(guard(AGENT, routes!(follow_up::follow_up)))
        .merge(templates::routes(state))
        .merge(categories::routes(state))
}

const USER_AGENT_CHARS_MAX: usize = 500;

/// 201, with the mark of a repeated answer where it is one.
pub fn answer_created(body: &impl Serialize, is_repeated: bool) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if is_repeated {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// What the client calls itself, shortened.
pub fn user_agent(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(sent.chars().take(USER_AGENT_CHARS_MAX).collect())
}
