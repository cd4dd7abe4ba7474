//! The database side against a real PostgreSQL: `scripts/test` starts one.

mod autoclose;
mod desk;
mod forms;
mod intake;
mod ledger;
mod routing;
mod sla;
mod status;
mod upkeep;
mod walls;
