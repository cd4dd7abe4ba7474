//! `POST /api/settings/holidays/preset`: a country's public holidays. What a site has set for a date itself stays.

use super::view::DatedView;
use crate::auth::Admin;
use crate::error::{ApiError, language};
use crate::request::Body;
use crate::state::State;
use crate::text::Text;
use crate::time::now;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use garde::Validate;
use schema::hours::holidays::{self, Loaded, NewHoliday};
use schema::hours::rules::DayException;
use schema::hours::rules::turkey::{ANNOUNCED_UNTIL, PublicHoliday, YEARS, public_holidays};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const COUNTRY: Text = Text::new("Yalnızca TR destekleniyor.", "Only TR is supported.");
const YEAR: Text = Text::new("Yıl 2020–2035 arasında olmalı.", "Years run from 2020 to 2035.");

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = HolidayPreset)]
pub struct Draft {
    /// `TR`.
    #[garde(length(max = 10))]
    #[schema(max_length = 10, pattern = "^[Tt][Rr]$")]
    country: String,
    #[garde(length(min = 1, max = 16))]
    #[schema(value_type = Vec<HolidayYear>, min_items = 1, max_items = 16)]
    years: Vec<i32>,
}

/// A year whose feasts are known.
#[derive(ToSchema)]
#[schema(value_type = i32, minimum = 2020, maximum = 2035)]
#[expect(dead_code, reason = "only described")]
struct HolidayYear(i32);

/// What came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = HolidaysLoaded)]
pub struct View {
    pub added: Vec<DatedView>,
    /// Dates that had an entry already and kept it.
    pub kept: Vec<String>,
    /// Years whose religious feasts are reckoned and not announced yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub expected: Vec<i32>,
}

impl View {
    pub fn of(loaded: Loaded) -> Self {
        let kept = loaded.kept.iter().map(ToString::to_string).collect();
        Self { added: loaded.added.into_iter().map(DatedView::from).collect(), kept, expected: Vec::new() }
    }
}

/// Adds the public holidays of these years, half days included.
#[utoipa::path(post, path = "/api/settings/holidays/preset", tag = "settings", request_body = Draft,
    responses((status = 200, body = View), (status = 400)))]
pub async fn load(
    Extract(state): Extract<State>,
    caller: Admin,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<Json<View>, ApiError> {
    let (site, language) = (caller.site()?, language(&headers));
    if !draft.country.eq_ignore_ascii_case("TR") {
        return Err(ApiError::field("country", COUNTRY.of(language)));
    }
    let unknown = |index: usize| ApiError::field(format!("years.{index}"), YEAR.of(language));
    if let Some(index) = draft.years.iter().position(|year| !YEARS.contains(year)) {
        return Err(unknown(index));
    }
    let days = draft.years.iter().filter_map(|year| public_holidays(*year)).flatten();
    let loaded = holidays::load(&state.db, site, days.map(exception).collect(), &caller.by(), now()).await?;
    state.sites.forget(site);
    let expected = draft.years.into_iter().filter(|year| *year > ANNOUNCED_UNTIL).collect();
    Ok(Json(View { expected, ..View::of(loaded) }))
}

fn exception(day: PublicHoliday) -> NewHoliday {
    let exception = day.until.map_or(DayException::Closed, DayException::Until);
    NewHoliday { date: day.date, name: day.name, exception }
}
