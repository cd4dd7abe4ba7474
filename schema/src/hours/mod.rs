//! Business hours: when a site works, and what that means for deadlines and for what a visitor is told.
//!
//! A site has hours per weekday and dated exceptions (holidays, half days, extra working days). This
//! directory does not know tickets, priorities or agents; `sla` asks it for deadlines, the widget asks it
//! whether anyone is in. All reckoning is in [`rules`]; nothing here reads a clock.
//!
//! [`settings`] and [`holidays`] are what an admin changes. Due dates that stand already are not touched (A9-07).

pub mod holidays;
pub mod rules;
pub mod settings;
