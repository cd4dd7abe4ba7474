//! The edge as its clients meet it: a real server on a real port, a database of its own, the real Redis.
//! `scripts/test` starts what it needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agents;
mod api_keys;
mod attachments;
mod audit_logs;
mod client;
mod departments;
mod described;
mod desk;
mod drain;
mod email_outbound;
mod email_settings;
mod email_templates;
mod env_example;
mod forms;
mod guard;
mod guard_answers;
mod guard_connections;
mod guard_headers;
mod guard_limits;
mod guard_pages;
mod guard_queries;
mod guard_versions;
mod health;
mod idempotency;
mod matrix;
mod openapi;
mod organisation;
mod people;
mod permissions;
mod quarantine;
mod schemathesis;
mod sessions;
mod settings_holidays;
mod settings_hours;
mod settings_preview;
mod sites;
mod start;
mod statuses;
mod support;
mod support_rules;
mod support_staff;
mod ticketing;
mod tickets;
mod tickets_asking;
mod tickets_board;
mod tickets_desk;
mod tickets_list;
mod tickets_locks;
mod tickets_merge;
mod tickets_replies;
mod tickets_search;
mod tickets_templates;
mod users;
