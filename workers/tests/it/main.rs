//! The workers against a real PostgreSQL: `scripts/test` starts one. Mail goes to a sender that remembers it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod desk;
mod dkim;
mod first_admin;
mod leftovers;
mod mail_in;
mod mail_join;
mod mail_kept;
mod mail_machines;
mod mail_out;
mod mail_trouble;
mod runner;
mod sites;
mod start;
