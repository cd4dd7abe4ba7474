//! `POST /api/settings/business-hours/preview`: what the hours come to, before anybody depends on them.
//!
//! The same questions as `workers sla-due` answers, under the same names, for the site's own hours or for a schedule that
//! is only being considered.

use super::words::WHEN;
use crate::auth::Agent;
use crate::error::{ApiError, Missing, language};
use crate::request::Body;
use crate::state::State;
use crate::text::{Language, Text, Words};
use crate::time::{instant, now};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use garde::Validate;
use schema::hours::rules::{Calendar, Moment, Schedule, When};
use schema::sites::Settings;
use schema::sla::rules::TARGET_MINUTES_MAX;
use schema::tickets::rules::Priority;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

const SCHEDULE: Text = Text::new("Geçersiz takvim", "Not a valid schedule");

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = HoursQuestion)]
pub struct Question {
    /// RFC 3339, or a reading of the clocks; now if absent.
    #[garde(length(max = 40))]
    #[schema(max_length = 40)]
    start: Option<String>,
    /// Working time until the ticket is due.
    #[garde(range(max = TARGET_MINUTES_MAX))]
    #[schema(maximum = 527_040)]
    minutes: Option<u32>,
    /// Instead of minutes: what the site promises for this priority.
    #[garde(length(max = 20))]
    #[schema(max_length = 20)]
    priority: Option<String>,
    /// Working time is measured from the start up to here.
    #[garde(length(max = 40))]
    #[schema(max_length = 40)]
    span_end: Option<String>,
    /// Other hours than the site's: `tz`, `hours`, `holidays`, `breaks`.
    #[garde(skip)]
    schedule: Option<Value>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HoursAnswer)]
pub struct Answer {
    start: String,
    /// Null without minutes or priority, and if no working day comes within 366 days.
    deadline: Option<String>,
    /// Whether the start is working time.
    open_at_start: bool,
    /// `open`, `break`, `closed` or `holiday`.
    state_at_start: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_seconds_in_span: Option<i64>,
}

/// When a ticket would be due, how much working time a span holds, and whether anybody works at its start.
#[utoipa::path(post, path = "/api/settings/business-hours/preview", tag = "settings", request_body = Question,
    responses((status = 200, body = Answer), (status = 400)))]
pub async fn preview(
    Extract(state): Extract<State>,
    caller: Agent,
    headers: HeaderMap,
    Body(question): Body<Question>,
) -> Result<Json<Answer>, ApiError> {
    let site = state.sites.current(caller.site()?).await?.ok_or(ApiError::NotFound(Missing::Site))?;
    question.answer(&site, language(&headers)).map(Json)
}

impl Question {
    fn answer(&self, site: &Arc<Settings>, language: Language) -> Result<Answer, ApiError> {
        let considered = self.schedule.as_ref().map(|schedule| read(schedule, language)).transpose()?;
        let calendar = considered.as_ref().unwrap_or(&site.calendar);
        let at = |name: &str, text: &str| {
            let at = When::parse(text).and_then(|when| when.on(calendar));
            let sound = at.filter(|at| (1970..=9900).contains(&at.year()));
            sound.ok_or_else(|| ApiError::field(name, WHEN.of(language)))
        };
        let start = self.start.as_ref().map_or_else(|| Ok(now()), |text| at("start", text))?;
        let span_end = self.span_end.as_ref().map(|text| at("span_end", text)).transpose()?;
        let minutes = self.minutes(site, language)?;
        let deadline = |minutes: u32| calendar.deadline(start, TimeDelta::minutes(minutes.into()));
        Ok(Answer {
            start: instant(start),
            deadline: minutes.and_then(deadline).map(instant),
            open_at_start: calendar.is_working(start),
            state_at_start: word(calendar, start),
            business_seconds_in_span: span_end.map(|end| calendar.working_time(start, end).num_seconds()),
        })
    }

    fn minutes(&self, site: &Settings, language: Language) -> Result<Option<u32>, ApiError> {
        let Some(word) = self.priority.as_ref().filter(|_| self.minutes.is_none()) else {
            return Ok(self.minutes);
        };
        let priority = Priority::parse(word);
        let unknown = || ApiError::field("priority", Words::WRONG_TYPE.of(language));
        Ok(Some(site.targets.minutes(priority.ok_or_else(unknown)?)))
    }
}

fn read(schedule: &Value, language: Language) -> Result<Calendar, ApiError> {
    let refused = |cause: String| ApiError::field("schedule", format!("{}: {cause}", SCHEDULE.of(language)));
    let text = schedule.to_string();
    let schedule: Schedule<'_> = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    schedule.calendar().map_err(|error| refused(error.to_string()))
}

fn word(calendar: &Calendar, at: DateTime<Utc>) -> &'static str {
    match calendar.moment(at) {
        Moment::Open => "open",
        Moment::Break { .. } => "break",
        Moment::Closed => "closed",
        Moment::Holiday => "holiday",
    }
}
