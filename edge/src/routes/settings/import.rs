//! `POST /api/settings/holidays/import`: holidays out of a calendar file, as the body itself or as a form's `file`.

use super::draft;
use super::preset::View as Loaded;
use crate::auth::Admin;
use crate::error::{ApiError, language};
use crate::intake::{DecodeError, Options, Oversize, decode};
use crate::request::Query;
use crate::state::State;
use crate::text::{Language, Text, Words};
use crate::time::now;
use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use chrono::{Datelike, NaiveDate, Utc};
use futures::TryStreamExt;
use garde::Validate;
use schema::files::rules::Policy;
use schema::hours::holidays::{self, NewHoliday};
use schema::hours::rules::DayException;
use schema::hours::rules::ical::{self, FILE_BYTES_MAX, IcalError, Skipped, Why};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use utoipa::{IntoParams, ToSchema};

/// Years ahead that are read where nothing else is asked for.
const YEARS_AHEAD: i32 = 5;
const FIELD: &str = "file";

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The first date that is read; this year's first if absent.
    #[garde(length(max = 10))]
    #[param(format = Date)]
    from: Option<String>,
    /// The last one; the end of the fifth year from now if absent.
    #[garde(length(max = 10))]
    #[param(format = Date)]
    to: Option<String>,
}

/// A calendar file in a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct CalendarForm {
    #[schema(format = Binary, max_length = 1_048_576)]
    file: String,
}

/// A calendar file as it is (RFC 5545).
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_048_576)]
#[expect(dead_code, reason = "only described")]
struct CalendarText(String);

#[derive(Serialize, ToSchema)]
#[schema(as = HolidaysImported)]
pub struct View {
    #[serde(flatten)]
    loaded: Loaded,
    /// Events that became no holiday.
    skipped: Vec<Passed>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SkippedEvent)]
struct Passed {
    name: String,
    reason: &'static str,
}

/// Closes the site on every whole-day event of the file. What a site has set for a date itself stays.
#[utoipa::path(post, path = "/api/settings/holidays/import", tag = "settings", params(Between),
    request_body(content((CalendarText = "text/calendar"), (CalendarForm = "multipart/form-data"))),
    responses((status = 200, body = View), (status = 400), (status = 413), (status = 415)))]
pub async fn import(
    Extract(state): Extract<State>,
    caller: Admin,
    Query(between): Query<Between>,
    request: Request,
) -> Result<Json<View>, ApiError> {
    let (site, language) = (caller.site()?, language(request.headers()));
    let window = between.window(language)?;
    let bytes = file(&state, request, language).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| refused(IcalError::NotACalendar))?;
    let imported = ical::import(text, window).map_err(refused)?;
    let days = imported.dates.into_iter().map(|(date, name)| NewHoliday {
        date,
        name,
        exception: DayException::Closed,
    });
    let loaded = holidays::load(&state.db, site, days.collect(), &caller.by(), now()).await?;
    state.sites.forget(site);
    let skipped = imported.skipped.into_iter().map(|skipped| passed(skipped, language)).collect();
    Ok(Json(View { loaded: Loaded::of(loaded), skipped }))
}

impl Between {
    fn window(&self, language: Language) -> Result<RangeInclusive<NaiveDate>, ApiError> {
        let year = Utc::now().year();
        let from = self.from.clone().unwrap_or_else(|| format!("{year:04}-01-01"));
        let to = self.to.clone().unwrap_or_else(|| format!("{:04}-12-31", year + YEARS_AHEAD));
        let date = |name: &str, text: &str| draft::date(name, text).map_err(|wrong| wrong.said(language));
        Ok(date("from", &from)?..=date("to", &to)?)
    }
}

async fn file(state: &State, request: Request, language: Language) -> Result<Bytes, ApiError> {
    match media_type(request.headers()).as_str() {
        "text/calendar" => {
            let body = to_bytes(request.into_body(), FILE_BYTES_MAX).await;
            body.map_err(|_| DecodeError::BodyTooLarge { max: FILE_BYTES_MAX }.into())
        }
        _ => upload(state, request, language).await,
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The form's file, out of the store and gone from it again.
async fn upload(state: &State, request: Request, language: Language) -> Result<Bytes, ApiError> {
    let policy = Policy { size_bytes_max: FILE_BYTES_MAX as u64, ..Policy::upload(false) };
    // Calendars are none of the kinds of file that are kept: what it is, is for the reader to say.
    let options = Options { files_max: 1, oversize: Oversize::Skip, ..Options::native(policy) };
    let mut intake = decode(request, &options, Some(&state.inbox)).await?;
    let missing = || ApiError::field(FIELD, Words::REQUIRED.of(language));
    let upload = intake.take_file(FIELD).ok_or_else(missing)?;
    if upload.size_bytes > policy.size_bytes_max {
        return Err(refused(IcalError::FileTooLarge));
    }
    let stored = upload.stored.ok_or_else(missing)?;
    let fault = |error: object_store::Error| ApiError::Fault(error.into());
    let pieces: Vec<Bytes> = stored.read().await.map_err(fault)?.try_collect().await.map_err(fault)?;
    let bytes = pieces.concat().into();
    stored.discard().await;
    Ok(bytes)
}

fn refused(error: IcalError) -> ApiError {
    let said = |text| ApiError::Said(StatusCode::BAD_REQUEST, text);
    match error {
        IcalError::FileTooLarge => DecodeError::BodyTooLarge { max: FILE_BYTES_MAX }.into(),
        IcalError::NotACalendar => {
            said(Text::new("Geçerli bir takvim dosyası değil", "Not a valid calendar file"))
        }
        IcalError::TooManyEvents => {
            said(Text::new("Dosyada çok fazla etkinlik var", "The file has too many events"))
        }
        IcalError::TooManyDates => {
            said(Text::new("Dosyada çok fazla tatil var", "The file has too many holidays"))
        }
    }
}

fn passed(skipped: Skipped, language: Language) -> Passed {
    let reason = match skipped.why {
        Why::NoDate => Text::new("Tarihi yok", "It has no date"),
        Why::NotAllDay => Text::new("Tam gün değil", "It is no whole day"),
        Why::Cancelled => Text::new("İptal edilmiş", "It was cancelled"),
        Why::TooLong => Text::new("Bir yıldan uzun", "It lasts longer than a year"),
        Why::OtherRule => Text::new("Yıllık dışında yineleniyor", "It repeats other than yearly"),
    };
    Passed { name: skipped.name, reason: reason.of(language) }
}
