//! The database side against a real PostgreSQL: `scripts/test` starts one.

mod intake;
mod ledger;
mod walls;
