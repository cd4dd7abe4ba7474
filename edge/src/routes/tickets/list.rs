//! `GET /api/tickets`: the list, filtered, searched, in pages (A8-E01).

use super::view::CardView;
use super::words::{OrderWord, PriorityWord, SourceWord};
use crate::auth::{Agent, SignedIn};
use crate::error::ApiError;
use crate::request::Query;
use crate::state::State;
use crate::text::{Words, both};
use axum::Json;
use axum::extract::State as Extract;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use garde::Validate;
use schema::hours::rules::{Calendar, When};
use schema::pool::Scope;
use schema::tickets::list::{AgentIs, Cursor, Filter, Listed, Slice};
use schema::tickets::rules::search::{SEARCH_CHARS_MAX, words};
use schema::tickets::rules::{Priority, Source, StatusKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const LIMIT: u32 = 50;
/// Tickets that a page number may skip; a cursor skips none, however far it is.
const SKIPPED_MAX: i64 = 10_000;

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub struct Wanted {
    /// From 1; together with `limit` at most 10,000 tickets in. `cursor` goes further.
    #[garde(range(min = 1, max = 100_000))]
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    page: Option<u32>,
    /// Tickets of one page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of another page, with the same filters and order.
    #[garde(length(chars, max = 64))]
    #[param(max_length = 64)]
    cursor: Option<String>,
    /// Keys of statuses, divided by commas.
    #[garde(length(chars, max = 1000))]
    #[param(max_length = 1000)]
    status: Option<String>,
    #[garde(skip)]
    #[param(inline)]
    priority: Option<PriorityWord>,
    #[garde(skip)]
    department_id: Option<Uuid>,
    #[garde(skip)]
    category_id: Option<Uuid>,
    /// An agent's id, `me`, or `none` for tickets that nobody has.
    #[garde(length(chars, max = 36))]
    #[param(max_length = 36)]
    agent_id: Option<String>,
    #[garde(skip)]
    sla_breached: Option<bool>,
    #[garde(skip)]
    #[param(inline)]
    source: Option<SourceWord>,
    #[garde(length(chars, max = 50))]
    #[param(max_length = 50)]
    tag: Option<String>,
    /// Words that each stand in the subject.
    #[garde(length(chars, max = SEARCH_CHARS_MAX))]
    #[param(max_length = 200)]
    subject: Option<String>,
    /// Words that each stand in the number, reference, subject, name, e-mail, phone or message.
    #[garde(length(chars, max = SEARCH_CHARS_MAX))]
    #[param(max_length = 200)]
    search: Option<String>,
    /// From this instant on, or from this day on (of the site's clock).
    #[garde(length(chars, max = 40))]
    #[param(max_length = 40)]
    created_from: Option<String>,
    /// Before this instant, or up to the end of this day.
    #[garde(length(chars, max = 40))]
    #[param(max_length = 40)]
    created_to: Option<String>,
    #[garde(skip)]
    #[param(inline)]
    sort: Option<OrderWord>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketList)]
pub struct ListView {
    data: Vec<CardView>,
    /// All tickets of the list; at least so many if it is not exact.
    total: i64,
    total_is_exact: bool,
    page: u32,
    limit: u32,
    /// Where the next page begins; none after the last.
    next_cursor: Option<String>,
}

/// The site's tickets, newest first unless asked for otherwise.
#[utoipa::path(get, path = "/api/tickets", tag = "tickets", params(Wanted),
    responses((status = 200, body = ListView), (status = 400)))]
pub async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    Query(wanted): Query<Wanted>,
) -> Result<Json<ListView>, ApiError> {
    let calendar = match caller.one_site() {
        Some(site) => state.sites.by_id(site).await?.map(|settings| settings.calendar.clone()),
        None => None,
    };
    let filter = wanted.filter(caller.id().0, calendar.as_ref())?;
    answer(&state, caller.scope(), &wanted, &filter).await
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MineWanted {
    /// From 1.
    #[garde(range(min = 1, max = 100_000))]
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    page: Option<u32>,
    /// Tickets of one page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of another page.
    #[garde(length(chars, max = 64))]
    #[param(max_length = 64)]
    cursor: Option<String>,
}

/// The tickets that the caller himself has asked, newest first.
#[utoipa::path(get, path = "/api/tickets/mine", tag = "tickets", params(MineWanted),
    responses((status = 200, body = ListView), (status = 400)))]
pub async fn mine(
    Extract(state): Extract<State>,
    caller: SignedIn,
    Query(MineWanted { page, limit, cursor }): Query<MineWanted>,
) -> Result<Json<ListView>, ApiError> {
    let wanted = Wanted { page, limit, cursor, ..Wanted::default() };
    let filter = Filter { user_id: Some(caller.id().0), ..Filter::default() };
    let Json(mut list) = answer(&state, caller.scope(), &wanted, &filter).await?;
    for card in &mut list.data {
        card.tags.clear();
        card.locked_by = None;
    }
    Ok(Json(list))
}

async fn answer(
    state: &State,
    scope: Scope,
    wanted: &Wanted,
    filter: &Filter,
) -> Result<Json<ListView>, ApiError> {
    let slice = wanted.slice()?;
    let Listed { cards, total, total_is_exact, next } = state.lists.page(scope, filter, slice).await?;
    Ok(Json(ListView {
        data: cards.into_iter().map(CardView::from).collect(),
        total,
        total_is_exact,
        page: wanted.page.unwrap_or(1),
        limit: wanted.limit.unwrap_or(LIMIT),
        next_cursor: next.map(Cursor::write),
    }))
}

impl Wanted {
    fn slice(&self) -> Result<Slice, ApiError> {
        let limit = i64::from(self.limit.unwrap_or(LIMIT));
        let after = match &self.cursor {
            Some(text) => Some(Cursor::read(text).ok_or_else(|| wrong("cursor"))?),
            None => None,
        };
        // A cursor is where its page begins.
        let offset = if after.is_some() { 0 } else { i64::from(self.page.unwrap_or(1) - 1) * limit };
        if offset + limit > SKIPPED_MAX {
            let sentence = both(
                format_args!("En fazla {SKIPPED_MAX} kayıt atlanabilir; next_cursor kullanın."),
                format_args!("At most {SKIPPED_MAX} records can be skipped; use next_cursor."),
            );
            return Err(ApiError::field("page", sentence));
        }
        Ok(Slice { order: self.sort.unwrap_or_default().into(), after, offset, limit })
    }

    fn filter(&self, me: Uuid, calendar: Option<&Calendar>) -> Result<Filter, ApiError> {
        let words_of = |text: &Option<String>| text.as_deref().map(words).unwrap_or_default();
        Ok(Filter {
            statuses: self.status.as_deref().map(statuses).transpose()?,
            priority: self.priority.map(Priority::from),
            department_id: self.department_id,
            category_id: self.category_id,
            agent: self.agent_id.as_deref().map(|text| agent(text, me)).transpose()?,
            sla_breached: self.sla_breached,
            source: self.source.map(Source::from),
            tag: self.tag.clone(),
            user_id: None,
            created_from: moment(self.created_from.as_deref(), "created_from", 0, calendar)?,
            created_to: moment(self.created_to.as_deref(), "created_to", 1, calendar)?,
            whole_subject: None,
            subject: words_of(&self.subject),
            search: words_of(&self.search),
        })
    }
}

fn wrong(field: &str) -> ApiError {
    ApiError::field(field, Words::WRONG_TYPE)
}

fn statuses(text: &str) -> Result<Vec<StatusKey>, ApiError> {
    text.split(',').map(|word| StatusKey::parse(word.trim()).ok_or_else(|| wrong("status"))).collect()
}

fn agent(text: &str, me: Uuid) -> Result<AgentIs, ApiError> {
    match text {
        "me" => Ok(AgentIs::Somebody(me)),
        "none" => Ok(AgentIs::Nobody),
        id => id.parse().map(AgentIs::Somebody).map_err(|_| wrong("agent_id")),
    }
}

/// An instant, or the beginning of a day so many days later on the site's clock.
fn moment(
    text: Option<&str>,
    field: &str,
    days_later: u64,
    calendar: Option<&Calendar>,
) -> Result<Option<DateTime<Utc>>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let instant = match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => Some(instant.to_utc()),
        Err(_) => local(text, days_later, calendar),
    };
    let instant = instant.ok_or_else(|| wrong(field))?;
    Ok(Some(instant).filter(|at| *at >= DateTime::UNIX_EPOCH))
}

fn local(text: &str, days_later: u64, calendar: Option<&Calendar>) -> Option<DateTime<Utc>> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let midnight = match day {
        Some(day) => When::Local(day.checked_add_days(Days::new(days_later))?.and_time(NaiveTime::MIN)),
        None => When::parse(text)?,
    };
    match calendar {
        Some(calendar) => midnight.on(calendar),
        None => midnight.on(&Calendar::default_for("Europe/Istanbul".parse().ok()?)),
    }
}
