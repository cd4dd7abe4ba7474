//! `/api/settings/holidays` (A9-E04): agents read, admins write.

use super::draft::{self, DatedDraft as Draft};
use super::view::DatedView as View;
use crate::auth::{Admin, Agent};
use crate::error::{ApiError, language};
use crate::request::{Body, Id, List, Page, PageQuery, Query};
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use garde::Validate;
use schema::hours::holidays::{self, Range};
use schema::sites::Home;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The first date.
    #[garde(length(max = 10))]
    #[param(format = Date)]
    from: Option<String>,
    /// The last date.
    #[garde(length(max = 10))]
    #[param(format = Date)]
    to: Option<String>,
}

/// The site's holidays by date.
#[utoipa::path(get, path = "/api/settings/holidays", tag = "settings", params(PageQuery, Between),
    responses((status = 200, body = List<View>)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
    headers: HeaderMap,
    Query(between): Query<Between>,
) -> Result<Json<List<View>>, ApiError> {
    let date = |name: &str, text: &Option<String>| {
        let read = text.as_ref().map(|text| draft::date(name, text)).transpose();
        read.map_err(|wrong| wrong.said(language(&headers)))
    };
    let range = Range { from: date("from", &between.from)?, to: date("to", &between.to)? };
    let page_of = (i64::from(page.limit), page.offset());
    let (rows, total) = holidays::list(&state.db, caller.scope(), range, page_of).await?;
    Ok(Json(page.list(rows.into_iter().map(View::from).collect(), total)))
}

/// A new one; a date has one at most.
#[utoipa::path(post, path = "/api/settings/holidays", tag = "settings", request_body = Draft,
    responses((status = 201, body = View), (status = 400), (status = 409)))]
pub async fn create(
    Extract(state): Extract<State>,
    caller: Admin,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let site = caller.site()?;
    let new = draft.holiday().map_err(|wrong| wrong.said(language(&headers)))?;
    let made = holidays::create(&state.db, site, new, &caller.by(), now()).await?;
    state.sites.forget(site);
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// The date is again like any other of its weekday.
#[utoipa::path(delete, path = "/api/settings/holidays/{id}", tag = "settings", params(("id" = uuid::Uuid, Path)),
    responses((status = 204), (status = 404)))]
pub async fn delete(
    Extract(state): Extract<State>,
    caller: Admin,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let site = caller.home(&state, Home::Holiday, id).await?;
    holidays::delete(&state.db, site, id, &caller.by(), now()).await?;
    state.sites.forget(site);
    Ok(StatusCode::NO_CONTENT)
}
