//! What an admin sends, before it is hours.

use super::words::{self, CLOCK};
use crate::error::ApiError;
use crate::request::words::{ClockSpan, ClockTime};
use crate::text::{Language, Text};
use garde::Validate;
use schema::hours::holidays::NewHoliday;
use schema::hours::rules::{DayException, DayHours, DayRow, HoursError, Interval, parse_clock};
use serde::Deserialize;
use utoipa::ToSchema;

/// Start and end, as `["09:00", "12:00"]`.
pub type Stretch = (String, String);

/// A weekday: start, end and perhaps a break, or all of its intervals.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = BusinessDayDraft)]
pub struct Day {
    /// 0 is Sunday.
    #[garde(range(max = 6))]
    #[schema(minimum = 0, maximum = 6)]
    pub day_of_week: u8,
    #[garde(skip)]
    #[serde(default = "yes")]
    pub is_working_day: bool,
    #[garde(skip)]
    #[schema(value_type = Option<ClockTime>)]
    pub start_time: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<ClockTime>)]
    pub end_time: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<ClockTime>)]
    pub break_start: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<ClockTime>)]
    pub break_end: Option<String>,
    #[garde(inner(length(max = 50)))]
    #[schema(value_type = Option<Vec<ClockSpan>>, max_items = 50)]
    pub intervals: Option<Vec<Stretch>>,
}

/// A dated exception: closed; or worked like its weekday, until `open_until` if that is given, or in `intervals`.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = HolidayDraft)]
pub struct DatedDraft {
    #[garde(skip)]
    #[schema(format = Date)]
    pub date: String,
    #[garde(length(chars, min = 1, max = 200), custom(crate::request::not_blank))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[garde(skip)]
    pub is_working: Option<bool>,
    #[garde(skip)]
    #[schema(value_type = Option<ClockTime>)]
    pub open_until: Option<String>,
    #[garde(inner(length(max = 50)))]
    #[schema(value_type = Option<Vec<ClockSpan>>, max_items = 50)]
    pub intervals: Option<Vec<Stretch>>,
}

const fn yes() -> bool {
    true
}

/// A refused field.
pub struct Wrong {
    field: String,
    text: Text,
}

impl Wrong {
    pub fn new(field: &str, text: Text) -> Self {
        Self { field: field.to_owned(), text }
    }

    /// Below another field, such as an entry of a list.
    pub fn within(self, place: &str) -> Self {
        Self { field: format!("{place}.{}", self.field), ..self }
    }

    pub fn said(self, language: Language) -> ApiError {
        ApiError::field(self.field, self.text.of(language))
    }
}

impl Day {
    /// The row. A day off has no hours; what is written of them must be sound all the same.
    pub fn row(&self) -> Result<DayRow, Wrong> {
        let row = DayRow {
            day_of_week: self.day_of_week,
            is_working_day: true,
            start: clock("start_time", self.start_time.as_deref())?,
            end: clock("end_time", self.end_time.as_deref())?,
            break_start: clock("break_start", self.break_start.as_deref())?,
            break_end: clock("break_end", self.break_end.as_deref())?,
            intervals: self.intervals.as_deref().map(intervals).transpose()?,
        };
        let day_off = || DayRow { day_of_week: self.day_of_week, ..DayRow::default() };
        Ok(if self.is_working_day { row } else { day_off() })
    }
}

impl DatedDraft {
    /// The exception. Days with hours of their own are worked without saying so.
    pub fn holiday(&self) -> Result<NewHoliday, Wrong> {
        let until = clock("open_until", self.open_until.as_deref())?;
        let own = self.intervals.as_deref().filter(|list| !list.is_empty()).map(intervals).transpose()?;
        let works = self.is_working.unwrap_or(until.is_some() || own.is_some());
        let exception = match (works, own, until) {
            (false, _, _) => DayException::Closed,
            (true, Some(_), Some(_)) => {
                return Err(Wrong::new("open_until", words::rule(HoursError::Contradiction)));
            }
            (true, Some(own), None) => DayException::Hours(
                DayHours::new(own).map_err(|cause| Wrong::new("intervals", words::rule(cause)))?,
            ),
            (true, None, Some(0)) => return Err(Wrong::new("open_until", CLOCK)),
            (true, None, Some(until)) => DayException::Until(until),
            (true, None, None) => DayException::Normal,
        };
        Ok(NewHoliday { date: date("date", &self.date)?, name: self.name.trim().to_owned(), exception })
    }
}

/// A date the database keeps and people plan with.
pub fn date(field: &str, text: &str) -> Result<chrono::NaiveDate, Wrong> {
    use chrono::Datelike;
    let date = (text.len() == 10).then(|| text.parse::<chrono::NaiveDate>().ok()).flatten();
    date.filter(|date| (1970..=2200).contains(&date.year())).ok_or_else(|| Wrong::new(field, words::DATE))
}

fn clock(field: &str, text: Option<&str>) -> Result<Option<u16>, Wrong> {
    text.map(parse_clock).transpose().map_err(|_| Wrong::new(field, CLOCK))
}

/// In the order of their starts.
fn intervals(list: &[Stretch]) -> Result<Vec<Interval>, Wrong> {
    let read = |(start, end): &Stretch| -> Result<Interval, HoursError> {
        Ok(Interval { start_minute: parse_clock(start)?, end_minute: parse_clock(end)? })
    };
    let list: Result<Vec<_>, _> = list.iter().map(read).collect();
    let mut list = list.map_err(|cause| Wrong::new("intervals", words::rule(cause)))?;
    list.sort_by_key(|interval| interval.start_minute);
    Ok(list)
}
