//! The edge as its clients meet it: a real server on a real port, a database of its own, the real Redis.
//! `scripts/test` starts what it needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agents;
mod api_keys;
mod attachments;
mod audit_logs;
mod client;
mod departments;
mod desk;
mod drain;
mod env_example;
mod forms;
mod guard;
mod guard_answers;
mod guard_headers;
mod guard_limits;
mod guard_pages;
mod guard_queries;
mod guard_versions;
mod health;
mod idempotency;
mod organisation;
mod people;
mod permissions;
mod settings_holidays;
mod settings_hours;
mod settings_preview;
mod sites;
mod start;
mod support;
mod support_rules;
mod tickets;
mod users;
