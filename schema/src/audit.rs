//! Who did what: one entry per change, written in the change's own transaction.

use chrono::{DateTime, Utc};
use jobs::{SiteId, TicketId, UserId};
use serde::Serialize;
use serde_json::Value;
use std::net::IpAddr;
use uuid::Uuid;

/// One line of the audit log. Never holds a password, token, key or mail secret.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub id: Uuid,
    pub site_id: SiteId,
    /// None for the system itself; `details.worker` then says which part of it.
    pub actor_id: Option<UserId>,
    /// Upper-case code, at most 50 characters.
    pub action: &'static str,
    pub target_type: &'static str,
    pub target_id: Uuid,
    pub details: Value,
    /// `{field: {old, new}}`.
    pub changes: Value,
    pub ip_address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl Entry {
    /// Something happened to a ticket, done by the system.
    #[must_use]
    pub fn of_ticket(site: SiteId, ticket: TicketId, action: &'static str, now: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            site_id: site,
            actor_id: None,
            action,
            target_type: "ticket",
            target_id: ticket.0,
            details: Value::Null,
            changes: Value::Null,
            ip_address: None,
            user_agent: None,
            created_at: now,
        }
    }

    /// With what is to be known beside the action.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}
