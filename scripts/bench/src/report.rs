//! Figures, one JSON line each, and progress for people.

use crate::stats::median;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One kind of figure and what it is held against.
#[derive(Clone, Debug)]
pub struct Row {
    row: &'static str,
    metric: String,
    unit: &'static str,
    floor: Option<f64>,
    goal: Option<f64>,
    settings: Map<String, Value>,
}

/// What all figures of one suite have in common.
#[derive(Clone)]
pub struct Report {
    bench: &'static str,
    settings: Map<String, Value>,
}

#[derive(Serialize)]
struct Line<'a> {
    bench: &'a str,
    row: &'a str,
    metric: &'a str,
    value: f64,
    unit: &'a str,
    floor: Option<f64>,
    goal: Option<f64>,
    settings: Map<String, Value>,
}

impl Row {
    /// A figure of PERFORMANCE row `row` (Q1 …, H1 …, E1 …), without bounds.
    pub fn new(row: &'static str, metric: impl Into<String>, unit: &'static str) -> Self {
        Self { row, metric: metric.into(), unit, floor: None, goal: None, settings: Map::new() }
    }

    /// What must hold, and what is hoped for.
    #[must_use]
    pub fn against(self, floor: f64, goal: f64) -> Self {
        Self { floor: Some(floor), goal: Some(goal), ..self }
    }

    /// What is hoped for, where nothing must hold.
    #[must_use]
    pub fn hoping(self, goal: f64) -> Self {
        Self { goal: Some(goal), ..self }
    }

    /// Adds a setting.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(name.to_owned(), value.into());
        self
    }
}

impl Report {
    #[must_use]
    pub fn new(bench: &'static str) -> Self {
        let build = if cfg!(debug_assertions) { "dev" } else { "release" };
        let mut settings = Map::new();
        settings.insert("build".into(), json!(build));
        Self { bench, settings }
    }

    /// The same, with a setting more in every line.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<Value>) -> Self {
        let mut report = self.clone();
        report.settings.insert(name.to_owned(), value.into());
        report
    }

    /// Prints the median of what the rounds gave.
    pub fn say(&self, row: Row, rounds: &[f64]) {
        let mut settings = self.settings.clone();
        settings.extend(row.settings);
        settings.insert("rounds".into(), rounds.iter().map(|value| tidy(*value)).collect());
        let value = tidy(median(rounds));
        let line = Line {
            bench: self.bench,
            row: row.row,
            metric: &row.metric,
            value,
            unit: row.unit,
            floor: row.floor,
            goal: row.goal,
            settings,
        };
        println!("{}", serde_json::to_string(&line).expect("a line is made of texts and numbers"));
        progress(&format!(
            "  {} {} = {value} {}{}",
            row.row,
            row.metric,
            row.unit,
            bounds(row.floor, row.goal)
        ));
    }
}

/// A line for whoever watches.
pub fn progress(text: &str) {
    eprintln!("{text}");
}

fn bounds(floor: Option<f64>, goal: Option<f64>) -> String {
    match (floor, goal) {
        (Some(floor), Some(goal)) => format!("   (floor {floor}, goal {goal})"),
        (None, Some(goal)) => format!("   (goal {goal})"),
        _ => String::new(),
    }
}

/// Three decimals are more than any clock here is good for.
fn tidy(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
