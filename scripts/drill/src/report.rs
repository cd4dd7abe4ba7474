//! Figures, one JSON line each on standard output.

use serde::Serialize;
use serde_json::{Number, Value};

/// Prints the figures of one drill and remembers whether a bound was broken.
pub struct Report {
    drill: &'static str,
    settings: Value,
    held: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    drill: &'a str,
    metric: &'a str,
    /// Null when nothing was there to be measured.
    value: Value,
    unit: &'a str,
    /// The value may reach it and not pass it; null for a figure that is only told.
    bound: Value,
    settings: &'a Value,
}

impl Report {
    pub fn new(drill: &'static str, settings: Value) -> Self {
        Self { drill, settings, held: true }
    }

    /// A figure without a bound.
    pub fn tell(&mut self, metric: &str, value: impl Into<Option<f64>>, unit: &str) {
        self.print(metric, value.into(), unit, None);
    }

    /// A figure that must not pass `bound`.
    pub fn bound(&mut self, metric: &str, value: impl Into<Option<f64>>, unit: &str, bound: f64) {
        let value = value.into();
        if value.is_some_and(|value| value > bound) {
            self.held = false;
            eprintln!("drill {}: {metric} is {value:?} {unit}, its bound is {bound}", self.drill);
        }
        self.print(metric, value, unit, Some(bound));
    }

    /// A count that must be zero.
    pub fn none(&mut self, metric: &str, count: usize) {
        self.bound(metric, count as f64, "count", 0.0);
    }

    /// Whether every bound held so far.
    pub fn held(&self) -> bool {
        self.held
    }

    fn print(&self, metric: &str, value: Option<f64>, unit: &str, bound: Option<f64>) {
        let (value, bound) = (value.map_or(Value::Null, number), bound.map_or(Value::Null, number));
        let line = Line { drill: self.drill, metric, value, unit, bound, settings: &self.settings };
        println!("{}", serde_json::to_string(&line).expect("a line is plain strings and numbers"));
    }
}

/// Whole numbers without a point, others with three digits behind it.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 {
        return Value::from(value as i64);
    }
    Number::from_f64((value * 1000.0).round() / 1000.0).map_or(Value::Null, Value::Number)
}

/// The value below which `share` (0 to 1) of the samples lie, by nearest rank; none of nothing.
pub fn percentile(samples: &mut [f64], share: f64) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    let rank = (samples.len() as f64 * share).ceil() as usize;
    samples.get(rank.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples_by_nearest_rank() {
        let mut samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut samples, 0.5), Some(50.0));
        assert_eq!(percentile(&mut samples, 0.99), Some(99.0));
        assert_eq!(percentile(&mut samples, 1.0), Some(100.0));
        assert_eq!(percentile(&mut [7.0], 0.01), Some(7.0));
        assert_eq!(percentile(&mut [], 0.5), None);
    }

    #[test]
    fn a_bound_may_be_reached_and_not_passed() {
        let mut report = Report::new("test", Value::Null);
        report.bound("reached", 15.0, "s", 15.0);
        report.bound("not measured", None, "s", 15.0);
        assert!(report.held());
        report.bound("passed", 15.001, "s", 15.0);
        assert!(!report.held());
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!((number(3.0), number(1.23456)), (Value::from(3), Value::from(1.235)));
    }
}
