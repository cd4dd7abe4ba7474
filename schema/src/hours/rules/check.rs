//! What a widget is told of the hours (A9-22 to A9-28).

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;

use super::calendar::Calendar;
use super::opening::{Moment, hours_until};

/// The answer to "are you there?". Instants are UTC, to the second.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// True in the break as well: the break makes a site busy, not absent (A9-27).
    pub is_open: bool,
    pub current_status: Status,
    /// `outside_business_hours`, `holiday` or `break`; none while open.
    pub reason: Option<&'static str>,
    pub current_time: DateTime<Utc>,
    /// None while open, and if nothing opens within 366 days.
    pub next_open_time: Option<DateTime<Utc>>,
    /// Hours from now to the next opening, with two decimals.
    pub hours_until_open: Option<f64>,
    pub business_hours: WeekText,
    pub timezone: &'static str,
    /// Set in the break only.
    pub break_end: Option<DateTime<Utc>>,
    /// Set on a holiday only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holiday_name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Break,
    Closed,
}

/// The week without its exceptions: `09:00-18:00` from the first opening to the last closing, or `closed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekText {
    pub monday: String,
    pub tuesday: String,
    pub wednesday: String,
    pub thursday: String,
    pub friday: String,
    pub saturday: String,
    pub sunday: String,
}

impl Calendar {
    /// How the site stands at an instant. `holiday_name` is asked for the name of today's holiday, and only then.
    pub fn check(&self, at: DateTime<Utc>, holiday_name: impl FnOnce() -> Option<String>) -> Check {
        let at = at.trunc_subsecs(0);
        let moment = self.moment(at);
        let next_open_time = self.next_opening(at);
        let (current_status, reason) = match moment {
            Moment::Open => (Status::Open, None),
            Moment::Break { .. } => (Status::Break, Some("break")),
            Moment::Closed => (Status::Closed, Some("outside_business_hours")),
            Moment::Holiday => (Status::Closed, Some("holiday")),
        };
        Check {
            is_open: current_status != Status::Closed,
            current_status,
            reason,
            current_time: at,
            next_open_time,
            hours_until_open: next_open_time.map(|opens| hours_until(opens, at)),
            business_hours: self.week_text(),
            timezone: self.zone().name(),
            break_end: if let Moment::Break { until } = moment { Some(until) } else { None },
            holiday_name: if moment == Moment::Holiday { holiday_name() } else { None },
        }
    }

    fn week_text(&self) -> WeekText {
        let [sunday, monday, tuesday, wednesday, thursday, friday, saturday] =
            self.week().each_ref().map(ToString::to_string);
        WeekText { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    }
}
