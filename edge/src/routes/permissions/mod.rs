//! The permission matrix (A1-23…31) as it stands: admins read it, super admins change it while the desk runs (A1-37).

use crate::auth::{Access, Admin, SuperAdmin, guarded};
use crate::error::{ApiError, language};
use crate::request::Body;
use crate::state::State;
use crate::text::{Language, Text};
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use garde::Validate;
use schema::people::permissions::{self, Grant, Wanted};
use schema::people::rules::{Permission, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const ABOVE_ALL: Text = Text::new(
    "Süper yöneticinin yetkileri kısıtlanamaz.",
    "A super admin's permissions cannot be restricted.",
);
const HAS_NONE: Text = Text::new("Müşterilerin yetkisi yoktur.", "Customers have no permissions.");
const ALL_SITES: Text =
    Text::new("Bu yetki yalnızca süper yöneticiye aittir.", "This permission is the super admin's alone.");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(guarded(state, Access::ADMIN, routes!(list))).routes(guarded(
        state,
        Access::SUPER_ADMIN,
        routes!(set),
    ))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = Permissions)]
struct Edit {
    /// Those that are not named stay.
    #[garde(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    #[serde(alias = "data")]
    permissions: Vec<Line>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PermissionEdit)]
struct Line {
    #[schema(value_type = RoleWord)]
    role: Role,
    #[schema(value_type = PermissionWord)]
    permission: Permission,
    allowed: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Permission)]
struct View {
    #[schema(value_type = RoleWord)]
    role: Role,
    #[schema(value_type = PermissionWord)]
    permission: Permission,
    allowed: bool,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// The whole matrix.
#[derive(Serialize, ToSchema)]
#[schema(as = PermissionMatrix)]
struct Matrix {
    data: Vec<View>,
    total: usize,
}

/// A role that has permissions.
#[derive(ToSchema)]
#[schema(as = PermissionRole, rename_all = "lowercase")]
#[expect(dead_code, reason = "only described")]
enum RoleWord {
    Agent,
    Admin,
    SuperAdmin,
}

#[derive(ToSchema)]
#[schema(as = PermissionName)]
#[expect(dead_code, reason = "only described")]
enum PermissionWord {
    #[schema(rename = "sites.all")]
    AllSites,
    #[schema(rename = "sites.manage")]
    ManageSite,
    #[schema(rename = "users.manage")]
    ManageUsers,
    #[schema(rename = "widget.manage")]
    ManageWidget,
    #[schema(rename = "chat")]
    Chat,
    #[schema(rename = "tickets")]
    Tickets,
    #[schema(rename = "knowledge")]
    Knowledge,
    #[schema(rename = "knowledge.others")]
    KnowledgeOthers,
    #[schema(rename = "canned_responses")]
    CannedResponses,
    #[schema(rename = "analytics")]
    Analytics,
    #[schema(rename = "analytics.others")]
    AnalyticsOthers,
}

impl From<Grant> for View {
    fn from(Grant { role, permission, allowed, updated_at }: Grant) -> Self {
        Self { role, permission, allowed, updated_at: instant(updated_at) }
    }
}

impl Line {
    /// What cannot be is refused here rather than stored without effect.
    fn wanted(&self, place: usize, language: Language) -> Result<Wanted, ApiError> {
        let refused = |field: &str, why: Text| {
            Err(ApiError::field(format!("permissions.{place}.{field}"), why.of(language)))
        };
        match (self.role, self.permission, self.allowed) {
            (Role::Customer, ..) => refused("role", HAS_NONE),
            (Role::SuperAdmin, _, false) => refused("allowed", ABOVE_ALL),
            (Role::Agent | Role::Admin, Permission::AllSites, true) => refused("allowed", ALL_SITES),
            (role, permission, allowed) => Ok(Wanted { role, permission, allowed }),
        }
    }
}

async fn matrix(state: &State) -> Result<Json<Matrix>, ApiError> {
    let data: Vec<View> = permissions::list(&state.db).await?.into_iter().map(View::from).collect();
    Ok(Json(Matrix { total: data.len(), data }))
}

/// Who may do what.
#[utoipa::path(get, path = "/api/permissions", tag = "people", responses((status = 200, body = Matrix)))]
async fn list(Extract(state): Extract<State>, _: Admin) -> Result<Json<Matrix>, ApiError> {
    matrix(&state).await
}

/// Changes the given lines, all or none of them; they count from the next call on.
#[utoipa::path(put, path = "/api/permissions", tag = "people", request_body = Edit,
    responses((status = 200, body = Matrix), (status = 400)))]
async fn set(
    Extract(state): Extract<State>,
    caller: SuperAdmin,
    headers: HeaderMap,
    Body(edit): Body<Edit>,
) -> Result<Json<Matrix>, ApiError> {
    let language = language(&headers);
    let lines = edit.permissions.iter().enumerate().map(|(place, line)| line.wanted(place, language));
    let wanted: Vec<Wanted> = lines.collect::<Result<_, _>>()?;
    permissions::set(&state.db, &wanted, &caller.by(), now()).await?;
    matrix(&state).await
}
