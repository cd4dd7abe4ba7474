//! What AsistTR knows and how it changes: tables, pure rules, reads, acts and the job ledger.
//!
//! SQL stands only in this crate. One directory per domain: `rules` decide (pure: data and time come in as
//! arguments), reads and acts talk to Postgres, and an act commits its row, its audit entry and its jobs together.
//! Neither the HTTP frame nor the workers' frame is known here.

pub mod audit;
pub mod batch;
pub mod canned_responses;
pub mod config;
pub mod files;
pub mod forms;
pub mod hours;
pub mod ledger;
pub mod mail;
pub mod migrate;
pub mod net;
mod notes;
pub mod notifications;
pub mod page;
pub mod people;
pub mod pool;
pub mod refused;
pub mod routing;
pub mod seal;
pub mod seed;
pub mod sessions;
pub mod sites;
pub mod sla;
pub mod sql;
pub mod tags;
#[cfg(feature = "testing")]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
pub mod testing;
pub mod tickets;
pub mod turkish;
pub mod upkeep;
