//! The workers against a real PostgreSQL: `scripts/test` starts one. Mail goes to a sender that remembers it.

mod desk;
mod mail_in;
mod mail_out;
mod runner;
