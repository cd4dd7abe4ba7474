//! The edge as its clients meet it: a real server on a real port, a database of its own, the real Redis.
//! `scripts/test` starts what it needs.

mod attachments;
mod client;
mod desk;
mod drain;
mod forms;
mod guard;
mod health;
mod idempotency;
mod support;
mod support_rules;
mod tickets;
