//! `GET /api/settings/business-hours/check` (A9-E03): is anyone in, and if not, when again.

use crate::auth::{Credentials, Door, Maybe};
use crate::error::{ApiError, Missing};
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use schema::hours::rules::Check;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// As [`View`], for the API's description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct HoursCheck {
    is_open: bool,
    /// `open`, `break` or `closed`.
    current_status: String,
    reason: Option<String>,
    current_time: DateTime<Utc>,
    next_open_time: Option<DateTime<Utc>>,
    hours_until_open: Option<f64>,
    business_hours: BTreeMap<String, String>,
    timezone: String,
    break_end: Option<DateTime<Utc>>,
    #[schema(required = false)]
    holiday_name: Option<String>,
    emergency: Option<serde_json::Map<String, Value>>,
}

#[derive(Serialize)]
pub struct View {
    #[serde(flatten)]
    check: Check,
    /// The emergency notice (A3-75); null when off.
    emergency: Option<Value>,
}

/// Open, in the break, or closed until when (A9-22). The site by `X-Site-ID`, by widget key, of the signed-in caller, or
/// the deployment's default one.
#[utoipa::path(get, path = "/api/settings/business-hours/check", tag = "settings",
    params(("X-Site-ID" = Option<uuid::Uuid>, Header)), responses((status = 200, body = HoursCheck), (status = 404)))]
pub async fn check(
    Extract(state): Extract<State>,
    Maybe(caller): Maybe,
    headers: HeaderMap,
) -> Result<Json<View>, ApiError> {
    let missing = || ApiError::NotFound(Missing::Site);
    let site = match caller.and_then(|caller| caller.one_site()) {
        Some(site) => site,
        None => match Credentials::of(&headers, Door::Public)?.current_site(&state).await {
            Ok(site) => site.id,
            Err(ApiError::NoSite) => return Err(missing()),
            Err(error) => return Err(error),
        },
    };
    // What is kept of a site may be half a minute old; hours that were changed hold at once.
    let site = state.sites.current(site).await?.ok_or_else(missing)?;
    Ok(Json(View { check: site.check_hours(now()), emergency: None }))
}
