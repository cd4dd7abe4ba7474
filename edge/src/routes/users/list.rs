//! Finding users.

use super::view::{RoleWord, View};
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{List, Page, PageQuery, Query};
use crate::state::State;
use axum::Json;
use axum::extract::State as Extract;
use garde::Validate;
use schema::people::rules::Role;
use schema::people::users::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    #[garde(skip)]
    #[param(value_type = Option<RoleWord>, inline)]
    role: Option<Role>,
    #[garde(skip)]
    department_id: Option<Uuid>,
    #[garde(skip)]
    is_active: Option<bool>,
    /// Somewhere in the name or the address.
    #[garde(inner(length(chars, max = 255)))]
    #[param(max_length = 255)]
    search: Option<String>,
}

impl Wanted {
    fn filter(self) -> Filter {
        let Wanted { role, department_id, is_active, search } = self;
        let search = search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Filter { roles: role.map(|role| vec![role]), department_id, is_active, search }
    }
}

/// The site's users by name; a super admin who names no site sees everybody.
#[utoipa::path(get, path = "/api/users", tag = "people", params(Wanted, PageQuery),
    responses((status = 200, body = List<View>)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    Query(wanted): Query<Wanted>,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = users::list(&state.db, caller.scope(), &wanted.filter(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}
