//! What became of the mails that were to leave (B10-61), and whom nothing is sent to any more.

mod dead;
mod outbound;

use crate::auth::{Access, guarded};
use crate::state::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::ADMIN, routes!(outbound::list)))
        .routes(guarded(state, Access::ADMIN, routes!(outbound::show)))
        .routes(guarded(state, Access::ADMIN, routes!(outbound::retry)))
        .routes(guarded(state, Access::ADMIN, routes!(outbound::retry_all)))
        .routes(guarded(state, Access::AGENT, routes!(dead::list)))
        .routes(guarded(state, Access::AGENT, routes!(dead::clear)))
}
