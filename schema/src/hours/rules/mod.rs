//! The rules of working time: pure reckoning with intervals, zones and instants.
//!
//! A [`Calendar`] is built from validated [`DayHours`] and then only asked:
//!
//! ```text
//! deadline(start, working)   the instant at which that much working time has passed since start
//! working_time(from, to)     how much working time lies between two instants
//! moment(at)                 open, in the break, closed, or closed for a holiday
//! next_opening(at)           when the site opens next, if it is closed
//! ```
//!
//! Wall-clock hours become instants in `zone`, instants become working periods in `periods`, and every
//! question is a walk over those periods. A walk costs a few nanoseconds per day and allocates nothing.
//! [`words`] says the results in Turkish and English.
//!
//! Around the calendar: [`Schedule`] and [`When`] read one and its instants from JSON, [`Check`] is what a widget is
//! told, [`turkey`] knows the public holidays, [`ical`] reads those of a calendar file.

mod calendar;
mod check;
mod day_hours;
mod day_row;
mod deadline;
pub mod ical;
mod opening;
mod periods;
mod schedule;
#[cfg(test)]
mod tests;
pub mod turkey;
mod when;
pub mod words;
mod zone;

pub use calendar::{Calendar, DayException};
pub use check::{Check, Status, WeekText};
pub use day_hours::{DayHours, HoursError, Interval, MINUTES_PER_DAY, clock_text, parse_clock};
pub use day_row::DayRow;
pub use deadline::Due;
pub use opening::{Moment, hours_until};
pub use schedule::{Schedule, ScheduleError};
pub use when::When;
