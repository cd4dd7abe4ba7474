//! A site's API keys (A1-E10, A1-43): told once when they are made, never again.

use super::refusal::refusal;
use crate::auth::{Access, Admin, guarded};
use crate::error::ApiError;
use crate::request::{Body, Id, List, Page, PageQuery, not_blank};
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use garde::Validate;
use schema::people::rules::Permission;
use schema::sites::Home;
use schema::sites::keys::{self, ApiKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Two keys of 256 random bits never meet.
const TAKEN: Text = Text::new("Lütfen tekrar deneyin", "Please try again");
const NEVER_KEPT: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let access = Access::ADMIN.with(Permission::ManageSite);
    OpenApiRouter::new().routes(guarded(state, access, routes!(list, create))).routes(guarded(
        state,
        access,
        routes!(revoke),
    ))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = ApiKeyDraft)]
struct Draft {
    /// For people to tell it from others.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
struct View {
    id: Uuid,
    site_id: Uuid,
    name: String,
    /// The key's last four characters; empty for keys of the first hour.
    hint: String,
    created_by: Option<Uuid>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = NewApiKey)]
struct MadeView {
    #[serde(flatten)]
    record: View,
    /// Told now and never again.
    key: String,
}

impl From<ApiKey> for View {
    fn from(row: ApiKey) -> Self {
        let ApiKey { id, site_id, name, hint, created_by, created_at, revoked_at } = row;
        let (created_at, revoked_at) = (instant(created_at), revoked_at.map(instant));
        Self { id, site_id, name, hint, created_by, created_at, revoked_at }
    }
}

/// The site's keys, the newest first, revoked ones included.
#[utoipa::path(get, path = "/api/api-keys", tag = "people", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Admin,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = keys::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new key, told in this answer only.
#[utoipa::path(post, path = "/api/api-keys", tag = "people", request_body = Draft,
    responses((status = 201, body = MadeView)))]
async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<MadeView>), ApiError> {
    let made = keys::create(&state.db, caller.site()?, draft.name.trim(), &caller.by(), now()).await;
    let made = made.map_err(refusal(TAKEN))?;
    let view = MadeView { record: made.record.into(), key: made.key };
    Ok((StatusCode::CREATED, NEVER_KEPT, Json(view)))
}

/// Refuses the key from now on.
#[utoipa::path(delete, path = "/api/api-keys/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404)))]
async fn revoke(Extract(state): Extract<State>, caller: Admin, Id(id): Id) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::ApiKey, id).await?;
    keys::revoke(&state.db, site, id, &caller.by(), now()).await.map_err(refusal(TAKEN))?;
    Ok(StatusCode::NO_CONTENT)
}
