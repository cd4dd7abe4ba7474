//! `/api/settings/business-hours` (A9-E01, A9-E02): agents read, admins write.

use super::draft::{DatedDraft, Day, Wrong};
use super::view::View;
use super::words::{self, ZONE};
use crate::auth::{Admin, Agent};
use crate::error::{ApiError, language};
use crate::request::Body;
use crate::request::words::{StatusKeyText, TimeZone};
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use garde::Validate;
use schema::hours::settings::{self, Changes};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be otherwise; what is absent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = BusinessHoursDraft)]
pub struct Draft {
    /// An IANA name.
    #[garde(length(max = 64))]
    #[schema(value_type = Option<TimeZone>)]
    timezone: Option<String>,
    /// The whole week: a day without a row is closed.
    #[garde(length(max = 7), dive)]
    #[schema(max_items = 7)]
    days: Option<Vec<Day>>,
    /// All holidays.
    #[garde(length(max = 2500), dive)]
    #[schema(max_items = 2500)]
    holidays: Option<Vec<DatedDraft>>,
    #[serde(rename = "slaHours")]
    #[garde(skip)]
    sla_hours: Option<SlaHours>,
    /// Statuses in which the clock stands still: `waiting_reply`, `pending`, and the site's own of the kind `waiting`.
    #[serde(rename = "pauseStatuses")]
    #[garde(length(max = 20))]
    #[schema(value_type = Option<Vec<StatusKeyText>>, max_items = 20)]
    pause_statuses: Option<Vec<String>>,
}

/// Hours of working time per priority; parts of an hour down to the minute.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
pub struct SlaHours {
    #[schema(minimum = 0.016, maximum = 8784)]
    low: Option<f64>,
    #[schema(minimum = 0.016, maximum = 8784)]
    normal: Option<f64>,
    #[schema(minimum = 0.016, maximum = 8784)]
    high: Option<f64>,
    #[schema(minimum = 0.016, maximum = 8784)]
    urgent: Option<f64>,
}

/// Hours of every kind a site has.
#[utoipa::path(get, path = "/api/settings/business-hours", tag = "settings",
    responses((status = 200, body = View)))]
pub async fn show(
    Extract(state): Extract<State>,
    caller: Agent,
    headers: HeaderMap,
) -> Result<Json<View>, ApiError> {
    let hours = settings::read(&state.db, caller.site()?).await;
    Ok(Json(hours.map_err(|refused| words::settings(refused, language(&headers)))?.into()))
}

/// Changes the given parts. Due dates that stand already stay (A9-07).
#[utoipa::path(put, path = "/api/settings/business-hours", tag = "settings", request_body = Draft,
    responses((status = 200, body = View), (status = 400)))]
pub async fn update(
    Extract(state): Extract<State>,
    caller: Admin,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<Json<View>, ApiError> {
    let (site, language) = (caller.site()?, language(&headers));
    let changes = draft.changes().map_err(|wrong| wrong.said(language))?;
    let changed = settings::change(&state.db, site, changes, &caller.by(), now()).await;
    state.sites.forget(site);
    Ok(Json(changed.map_err(|refused| words::settings(refused, language))?.into()))
}

impl Draft {
    fn changes(&self) -> Result<Changes, Wrong> {
        let zone = self.timezone.as_ref().map(|name| name.parse().map_err(|_| Wrong::new("timezone", ZONE)));
        let days = self.days.as_ref().map(|days| entries("days", days, Day::row));
        let holidays = self.holidays.as_ref().map(|dates| entries("holidays", dates, DatedDraft::holiday));
        let SlaHours { low, normal, high, urgent } = self.sla_hours.unwrap_or_default();
        Ok(Changes {
            zone: zone.transpose()?,
            days: days.transpose()?,
            holidays: holidays.transpose()?,
            low_minutes: minutes("slaHours.low", low)?,
            normal_minutes: minutes("slaHours.normal", normal)?,
            high_minutes: minutes("slaHours.high", high)?,
            urgent_minutes: minutes("slaHours.urgent", urgent)?,
            pause_statuses: self.pause_statuses.clone(),
        })
    }
}

fn entries<T, V>(name: &str, list: &[T], read: impl Fn(&T) -> Result<V, Wrong>) -> Result<Vec<V>, Wrong> {
    let entry =
        |(index, entry): (usize, &T)| read(entry).map_err(|wrong| wrong.within(&format!("{name}.{index}")));
    list.iter().enumerate().map(entry).collect()
}

/// Whole minutes. How many there may be is the act's to judge.
fn minutes(field: &str, hours: Option<f64>) -> Result<Option<u32>, Wrong> {
    let Some(hours) = hours else { return Ok(None) };
    let (minutes, whole) = (hours * 60.0, (hours * 60.0).round());
    match (0.0..=f64::from(u32::MAX)).contains(&whole) && (minutes - whole).abs() < 1e-6 {
        true => Ok(Some(whole as u32)),
        false => Err(Wrong::new(field, words::TARGET)),
    }
}
