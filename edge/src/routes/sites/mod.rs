//! Sites (A1-E01…E03): a super admin makes and deletes them; an admin sees and changes his own.

mod body;
mod view;

use crate::auth::{Access, Admin, Agent, Caller, SuperAdmin, guarded};
use crate::error::{ApiError, Missing};
use crate::request::{Body, Id, List, Page, PageQuery};
use crate::state::State;
use crate::text::Text;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use body::{Draft, Edit};
use jobs::SiteId;
use schema::people::rules::{Permission, Role};
use schema::sites::tenants::{self, Refused};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use view::View;

const TAKEN: Text =
    Text::new("Bu e-posta adresi başka bir siteye ait", "This e-mail address belongs to another site");

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::ADMIN, routes!(list)))
        .routes(guarded(state, Access::SUPER_ADMIN, routes!(create)))
        .routes(guarded(state, Access::ADMIN, routes!(show)))
        .routes(guarded(state, Access::AGENT.with(Permission::ManageSite), routes!(update)))
        .routes(guarded(state, Access::SUPER_ADMIN, routes!(delete)))
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => ApiError::NotFound(Missing::Site),
            Refused::AddressTaken => ApiError::Said(StatusCode::CONFLICT, TAKEN),
            Refused::Database(error) => error.into(),
        }
    }
}

/// Another site than the call's is unknown.
fn own(caller: &Caller, id: Uuid) -> Result<SiteId, ApiError> {
    let is_own = caller.one_site().is_none_or(|site| site.0 == id);
    if is_own { Ok(SiteId(id)) } else { Err(ApiError::NotFound(Missing::Site)) }
}

/// The sites by name: every site for a super admin, his own for an admin.
#[utoipa::path(get, path = "/api/sites", tag = "sites", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Admin,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = tenants::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new site, open Monday to Friday from 9 to 18.
#[utoipa::path(post, path = "/api/sites", tag = "sites", request_body = Draft,
    responses((status = 201, body = View), (status = 409, description = "An address belongs to another site")))]
async fn create(
    Extract(state): Extract<State>,
    caller: SuperAdmin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let (name, given) = draft.split();
    let made = tenants::create(&state.db, &name, &given, &caller.by(), now()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// A site.
#[utoipa::path(get, path = "/api/sites/{id}", tag = "sites", params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404)))]
async fn show(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<Json<View>, ApiError> {
    let found = tenants::find(&state.db, own(&caller, id)?).await?;
    Ok(Json(found.ok_or(ApiError::NotFound(Missing::Site))?.into()))
}

/// Changes the given fields. Whether a site is active, and whether it is the default, is a super admin's business.
#[utoipa::path(put, path = "/api/sites/{id}", tag = "sites", request_body = Edit, params(("id" = Uuid, Path)),
    responses((status = 200, body = View), (status = 404), (status = 409)))]
async fn update(
    Extract(state): Extract<State>,
    caller: Agent,
    Id(id): Id,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let site = own(&caller, id)?;
    let changes = edit.changes(caller.role() == Role::SuperAdmin);
    let new = tenants::update(&state.db, site, &changes, "UPDATE", &caller.by(), now()).await?;
    state.sites.forget(site);
    Ok(Json(new.into()))
}

/// Deletes the site with everything in it but its audit log. It is gone at once; its rows and files follow.
#[utoipa::path(delete, path = "/api/sites/{id}", tag = "sites", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn delete(
    Extract(state): Extract<State>,
    caller: SuperAdmin,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let site = own(&caller, id)?;
    tenants::delete(&state.db, site, &caller.by(), now()).await?;
    state.sites.forget(site);
    Ok(StatusCode::NO_CONTENT)
}
