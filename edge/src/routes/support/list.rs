//! `GET /api/support/tickets/`: a bare array, newest first (B12-53, B12-76).

use super::base::base;
use super::view::View;
use crate::auth::Agent;
use crate::error::ApiError;
use crate::request::{Page, Query};
use crate::state::State;
use crate::text::Text;
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use garde::Validate;
use schema::tickets::list::{AgentIs, Filter, Order, Slice};
use schema::tickets::rules::search::words;
use schema::tickets::rules::{FormStatus, Status, StatusKey};
use schema::tickets::staff::{UNPAGED_MAX, list as find};
use serde::Deserialize;
use utoipa::IntoParams;

/// Tickets that a page may skip.
const SKIPPED_MAX: i64 = 10_000;
const DATE: Text = Text::new("Geçerli bir tarih girin.", "Enter a valid date.");
const TOO_FAR: Text =
    Text::new("En fazla 10.000 kayıt atlanabilir.", "No more than 10,000 records can be skipped.");

/// What of a list is wanted. Unknown names are ignored.
#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// pending, in_progress, resolved or closed
    #[garde(length(chars, max = 50))]
    #[param(max_length = 50)]
    status: Option<String>,
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200)]
    subject: Option<String>,
    /// A day, or an instant in RFC 3339
    #[garde(length(chars, max = 40))]
    #[param(max_length = 40)]
    created_after: Option<String>,
    #[garde(length(chars, max = 40))]
    #[param(max_length = 40)]
    created_before: Option<String>,
    /// A user's id; `-` for nobody
    #[garde(length(chars, max = 40))]
    #[param(max_length = 40)]
    assigned_to: Option<String>,
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200)]
    search: Option<String>,
    /// created_at or -created_at
    #[garde(length(chars, max = 40))]
    #[param(max_length = 40)]
    ordering: Option<String>,
}

/// The site's tickets. With `page` or `limit` in pages, at most 10,000 tickets in; `X-Total-Count` counts them, as far as
/// to 2,000 and what is seen beyond.
#[utoipa::path(get, path = "/api/support/tickets", tag = "support", params(Wanted, crate::request::PageQuery),
    responses((status = 200, body = Vec<View>)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    headers: HeaderMap,
    uri: Uri,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ApiError> {
    let query = uri.query().unwrap_or_default();
    let paged = query.split('&').any(|pair| pair.starts_with("page=") || pair.starts_with("limit="));
    let (limit, offset) = if paged { (i64::from(page.limit), page.offset()) } else { (UNPAGED_MAX, 0) };
    if offset + limit > SKIPPED_MAX {
        return Err(ApiError::field("page", TOO_FAR));
    }
    let slice = Slice { order: wanted.order(), after: None, offset, limit };
    let Some(filter) = wanted.filter()? else { return Ok(answer(Vec::new(), 0)) };
    let (rows, total) = find(&state.db, &state.lists, caller.scope(), &filter, slice).await?;
    let base = base(&headers);
    Ok(answer(rows.into_iter().map(|row| View::of(row, &base)).collect(), total))
}

fn answer(rows: Vec<View>, total: i64) -> Response {
    let mut response = Json(rows).into_response();
    response.headers_mut().insert("x-total-count", HeaderValue::from(total));
    response
}

impl Wanted {
    fn order(&self) -> Order {
        if self.ordering.as_deref() == Some("created_at") { Order::Oldest } else { Order::Newest }
    }

    /// None when nothing can match: a word of status or an id that does not exist.
    fn filter(self) -> Result<Option<Filter>, ApiError> {
        let statuses = match self.status.as_deref().map(FormStatus::parse) {
            None => None,
            Some(None) => return Ok(None),
            Some(Some(word)) => Some(statuses(word)),
        };
        let agent = match self.assigned_to.as_deref() {
            None => None,
            Some("-") => Some(AgentIs::Nobody),
            Some(id) => match id.parse() {
                Ok(id) => Some(AgentIs::Somebody(id)),
                Err(_) => return Ok(None),
            },
        };
        // Up to the instant, and with it.
        let before =
            instant("created_before", self.created_before)?.map(|at| at + TimeDelta::microseconds(1));
        Ok(Some(Filter {
            statuses,
            whole_subject: self.subject,
            created_from: instant("created_after", self.created_after)?,
            created_to: before,
            agent,
            search: words(&self.search.unwrap_or_default()),
            ..Filter::default()
        }))
    }
}

fn statuses(word: FormStatus) -> Vec<StatusKey> {
    Status::ALL
        .into_iter()
        .filter(|status| FormStatus::outward(*status) == word)
        .map(StatusKey::from)
        .collect()
}

/// Instants before 1970 are that of its beginning: no ticket is older.
fn instant(field: &str, text: Option<String>) -> Result<Option<DateTime<Utc>>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc());
    let read = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc()).or_else(day);
    let read = read.filter(|at| at.year() < 10_000).map(|at| at.max(DateTime::UNIX_EPOCH));
    read.map(Some).ok_or_else(|| ApiError::field(field, DATE))
}
