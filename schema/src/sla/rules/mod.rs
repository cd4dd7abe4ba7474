//! The rules of service levels: targets, due dates, and what to do about a ticket at a given moment.
//!
//! ```text
//!                due − 15 min                 due
//!  ──── Wait ─────────●────── Warn, once ──────○────── Breach, once
//!                 warns already          neither of both
//! ```
//!
//! In statuses a site chooses the [`Clock`] stands still: then nothing is warned about and nothing breached.
//!
//! The same [`watch`] serves the exact job that was set for a ticket and the sweep that looks at all of
//! them, so it does not matter which comes first or how often.

mod clock;
mod targets;
mod watch;

pub use clock::{Clock, Standing, may_pause};
pub use targets::{TARGET_MINUTES_MAX, TargetOutOfRange, Targets, due, is_late};
pub use watch::{Verdict, WARNS_BEFORE, Watched, breach_text, warning_text, watch};
