//! Addresses that a server has refused for good: nothing is sent to them until an agent clears them.

use crate::auth::Agent;
use crate::error::{ApiError, Missing};
use crate::request::{List, Page, PageQuery};
use crate::routes::refusal::refusal;
use crate::state::State;
use crate::text::Text;
use crate::time::{instant, now};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use schema::mail::dead::{self, DeadAddress};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

const TAKEN: Text = Text::new("Çakışma", "Conflict");

#[derive(Serialize, ToSchema)]
#[schema(as = DeadAddress)]
pub struct View {
    site_id: Uuid,
    address: String,
    /// What the server said.
    reason: String,
    #[schema(format = DateTime)]
    since: String,
}

impl From<DeadAddress> for View {
    fn from(row: DeadAddress) -> Self {
        let DeadAddress { site_id, address, reason, since } = row;
        Self { site_id, address, reason, since: instant(since) }
    }
}

/// The site's dead addresses, the latest first.
#[utoipa::path(get, path = "/api/email/dead-addresses", tag = "mail", params(PageQuery),
    responses((status = 200, body = List<View>)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let (rows, total) = dead::list(&state.db, caller.scope(), page.span()).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// Mail may go there again.
#[utoipa::path(delete, path = "/api/email/dead-addresses/{address}", tag = "mail",
    params(("address" = String, Path, max_length = 254)), responses((status = 204), (status = 404)))]
pub async fn clear(
    Extract(state): Extract<State>,
    caller: Agent,
    address: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let address = address.ok().map(|Path(address)| address).filter(|text| !text.contains('\0'));
    let address = address.ok_or(ApiError::NotFound(Missing::Record))?;
    let cleared = dead::clear(&state.db, caller.site()?, &address, &caller.by(), now()).await;
    cleared.map_err(refusal(TAKEN))?;
    Ok(StatusCode::NO_CONTENT)
}
