//! A site's settings: business hours and targets, holidays, and what follows from them.

mod check;
mod draft;
mod holidays;
mod hours;
mod import;
mod preset;
mod preview;
mod view;
mod words;

use crate::auth::{Access, guarded};
use crate::state::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(hours::show)))
        .routes(guarded(state, Access::ADMIN, routes!(hours::update)))
        .routes(guarded(state, Access::PUBLIC, routes!(check::check)))
        .routes(guarded(state, Access::AGENT, routes!(preview::preview)))
        .routes(guarded(state, Access::AGENT, routes!(holidays::list)))
        .routes(guarded(state, Access::ADMIN, routes!(holidays::create)))
        .routes(guarded(state, Access::ADMIN, routes!(holidays::delete)))
        .routes(guarded(state, Access::ADMIN, routes!(preset::load)))
        .routes(guarded(state, Access::ADMIN, routes!(import::import)))
}
