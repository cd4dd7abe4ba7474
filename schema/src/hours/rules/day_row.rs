//! One weekday as the settings write it (A9-01): start, end and perhaps a break, or any number of intervals.

use super::day_hours::{DayHours, HoursError, Interval};

/// A weekday's row. Times are minutes since midnight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayRow {
    /// 0 is Sunday.
    pub day_of_week: u8,
    pub is_working_day: bool,
    pub start: Option<u16>,
    pub end: Option<u16>,
    pub break_start: Option<u16>,
    pub break_end: Option<u16>,
    /// All of the day, where it is written out.
    pub intervals: Option<Vec<Interval>>,
}

impl DayRow {
    /// The row of a day. Of several breaks the first one stands beside the intervals.
    pub fn of(day_of_week: u8, hours: &DayHours) -> DayRow {
        let (span, gap) = (hours.span(), hours.intervals().windows(2).next());
        DayRow {
            day_of_week,
            is_working_day: span.is_some(),
            start: span.map(|span| span.start_minute),
            end: span.map(|span| span.end_minute),
            break_start: gap.map(|pair| pair[0].end_minute),
            break_end: gap.map(|pair| pair[1].start_minute),
            intervals: Some(hours.intervals().to_vec()),
        }
    }

    /// The day's hours. A row that was read, edited and sent back says the day twice; then whatever differs from what is
    /// `stored` was edited.
    ///
    /// # Errors
    /// Times that make no day; a working day without start and end; intervals and times that were both edited and
    /// disagree.
    pub fn hours(&self, stored: &DayHours) -> Result<DayHours, HoursError> {
        if !self.is_working_day {
            return Ok(DayHours::closed());
        }
        let by_intervals = || self.intervals.clone().map(DayHours::new).transpose();
        let Some(by_times) = self.by_times()? else {
            return by_intervals()?.filter(|hours| hours.span().is_some()).ok_or(HoursError::HoursMissing);
        };
        let Some(listed) = self.intervals.as_ref() else { return Ok(by_times) };
        if self.says_times_of(stored) {
            return by_intervals()?.filter(|hours| hours.span().is_some()).ok_or(HoursError::HoursMissing);
        }
        match listed == stored.intervals() || listed == by_times.intervals() {
            true => Ok(by_times),
            false => Err(HoursError::Contradiction),
        }
    }

    /// From start, end and break; none if neither start nor end is written.
    fn by_times(&self) -> Result<Option<DayHours>, HoursError> {
        match (self.start, self.end) {
            (Some(start), Some(end)) => {
                DayHours::from_row(start, end, self.break_start, self.break_end).map(Some)
            }
            (None, None) if self.break_start.is_none() && self.break_end.is_none() => Ok(None),
            _ => Err(HoursError::HoursMissing),
        }
    }

    fn says_times_of(&self, hours: &DayHours) -> bool {
        let row = DayRow::of(self.day_of_week, hours);
        (row.start, row.end, row.break_start, row.break_end)
            == (self.start, self.end, self.break_start, self.break_end)
    }
}
