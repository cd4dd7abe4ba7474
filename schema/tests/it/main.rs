//! The database side against a real PostgreSQL: `scripts/test` starts one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod autoclose;
mod desk;
mod directory;
mod forms;
mod hours;
mod indexes;
mod intake;
mod ledger;
mod routing;
mod sla;
mod sla_pause;
mod status;
mod upkeep;
mod walls;
