//! Hours and holidays as clients read them.

use crate::request::words::ClockSpan;
use schema::hours::holidays::Holiday;
use schema::hours::rules::{DayRow, Interval, clock_text};
use schema::hours::settings::BusinessHours;
use schema::sla::rules::Targets;
use schema::tickets::rules::Priority;
use serde::Serialize;
use serde_json::{Number, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Start and end, as `["09:00", "12:00"]`.
type Stretch = [String; 2];

#[derive(Serialize, ToSchema)]
#[schema(as = BusinessHours)]
pub struct View {
    timezone: &'static str,
    /// Sunday first.
    days: Vec<Day>,
    /// By date.
    holidays: Vec<DatedView>,
    /// Hours of working time per priority.
    #[serde(rename = "slaHours")]
    #[schema(value_type = BTreeMap<String, f64>)]
    sla_hours: BTreeMap<&'static str, Value>,
    /// Statuses in which the clock stands still.
    #[serde(rename = "pauseStatuses")]
    pause_statuses: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BusinessDay)]
struct Day {
    day_of_week: u8,
    is_working_day: bool,
    start_time: Option<String>,
    end_time: Option<String>,
    /// Of several breaks the first.
    break_start: Option<String>,
    break_end: Option<String>,
    #[schema(value_type = Vec<ClockSpan>)]
    intervals: Vec<Stretch>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Holiday)]
pub struct DatedView {
    id: Uuid,
    site_id: Uuid,
    #[schema(format = Date)]
    date: String,
    name: String,
    /// Whether the date is worked at all.
    is_working: bool,
    /// A half day: the weekday's hours hold until then.
    open_until: Option<String>,
    /// The date's own hours, if it has any.
    #[schema(value_type = Vec<ClockSpan>)]
    intervals: Vec<Stretch>,
}

impl From<BusinessHours> for View {
    fn from(hours: BusinessHours) -> Self {
        let BusinessHours { settings, holidays } = hours;
        let week = (0..).zip(settings.calendar.week());
        Self {
            timezone: settings.calendar.zone().name(),
            days: week.map(|(day, hours)| DayRow::of(day, hours).into()).collect(),
            holidays: holidays.into_iter().map(DatedView::from).collect(),
            sla_hours: sla_hours(&settings.targets),
            pause_statuses: settings.pause_statuses,
        }
    }
}

impl From<DayRow> for Day {
    fn from(row: DayRow) -> Self {
        let clock = |minute: Option<u16>| minute.map(clock_text);
        Self {
            day_of_week: row.day_of_week,
            is_working_day: row.is_working_day,
            start_time: clock(row.start),
            end_time: clock(row.end),
            break_start: clock(row.break_start),
            break_end: clock(row.break_end),
            intervals: row.intervals.into_iter().flatten().map(stretch).collect(),
        }
    }
}

impl From<Holiday> for DatedView {
    fn from(row: Holiday) -> Self {
        let until = row.until_minute.and_then(|minute| u16::try_from(minute).ok());
        Self {
            intervals: row.intervals().map(stretch).collect(),
            id: row.id,
            site_id: row.site_id,
            date: row.date.to_string(),
            name: row.name,
            is_working: row.is_working,
            open_until: until.map(clock_text),
        }
    }
}

fn stretch(interval: Interval) -> Stretch {
    [clock_text(interval.start_minute), clock_text(interval.end_minute)]
}

/// Whole hours as whole numbers.
fn sla_hours(targets: &Targets) -> BTreeMap<&'static str, Value> {
    let hours = |minutes: u32| match minutes % 60 {
        0 => Value::from(minutes / 60),
        _ => Number::from_f64(f64::from(minutes) / 60.0).map_or(Value::Null, Value::Number),
    };
    Priority::ALL.into_iter().map(|priority| (priority.as_str(), hours(targets.minutes(priority)))).collect()
}
