//! Who did what: one entry per change, written in the change's own transaction.
//!
//! Entries are only ever added; the programs' role can neither change nor delete one. They outlive their site and
//! the people they name.

pub mod log;

use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use jobs::{SiteId, TicketId, UserId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// One line of the audit log. Never holds a password, token, key or mail secret.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub id: Uuid,
    /// None for what concerns no site: a super admin's account, a log-in of nobody. [`SiteId::SYSTEM`] says the same.
    pub site_id: Option<SiteId>,
    /// None for the system itself; `details.worker` then says which part of it.
    pub actor_id: Option<UserId>,
    /// Upper-case code, at most 50 characters.
    pub action: &'static str,
    pub target_type: &'static str,
    /// None for a log-in under an address that nobody has.
    pub target_id: Option<Uuid>,
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
            site_id: Some(site),
            actor_id: None,
            action,
            target_type: "ticket",
            target_id: Some(ticket.0),
            details: Value::Null,
            changes: Value::Null,
            ip_address: None,
            user_agent: None,
            created_at: now,
        }
    }

    /// Somebody did something to a record of a site, or to one of none.
    #[must_use]
    pub fn of(
        site: impl Into<Option<SiteId>>,
        by: &By,
        action: &'static str,
        (target_type, target_id): (&'static str, Uuid),
        now: DateTime<Utc>,
    ) -> Self {
        let details = by.origin.worker.map_or(Value::Null, |worker| json!({ "worker": worker }));
        Self {
            id: Uuid::now_v7(),
            site_id: site.into(),
            actor_id: by.user_id,
            action,
            target_type,
            target_id: Some(target_id),
            details,
            changes: Value::Null,
            ip_address: by.origin.ip_address,
            user_agent: by.origin.user_agent.clone(),
            created_at: now,
        }
    }

    /// With the fields in which two states of a record differ.
    #[must_use]
    pub fn changing<T: Serialize>(self, old: &T, new: &T) -> Self {
        Self { changes: changes(old, new), ..self }
    }

    /// With the fields a new record begins with.
    #[must_use]
    pub fn making<T: Serialize>(self, new: &T) -> Self {
        Self { changes: changes(&Value::Object(Map::new()), new), ..self }
    }

    /// With the fields a record had when it was deleted.
    #[must_use]
    pub fn losing<T: Serialize>(self, old: &T) -> Self {
        let blank = match serde_json::to_value(old) {
            Ok(Value::Object(fields)) => fields.into_iter().map(|(name, _)| (name, Value::Null)).collect(),
            _ => Map::new(),
        };
        Self { changes: changes(old, &Value::Object(blank)), ..self }
    }

    /// The site, for the row.
    pub(crate) fn tenant(&self) -> Option<Uuid> {
        self.site_id.filter(|site| *site != SiteId::SYSTEM).map(|site| site.0)
    }

    /// With what is to be known beside the action.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// Fields that say nothing of a change: the entry has its target, its site and its time.
const TOLD_ELSEWHERE: [&str; 4] = ["id", "site_id", "created_at", "updated_at"];

/// `{field: {old, new}}` of the fields in which two states of a record differ. A field that is absent is null.
#[must_use]
pub fn changes(old: &impl Serialize, new: &impl Serialize) -> Value {
    let (Ok(Value::Object(old)), Ok(Value::Object(new))) =
        (serde_json::to_value(old), serde_json::to_value(new))
    else {
        return Value::Null;
    };
    let was = |name: &str| old.get(name).unwrap_or(&Value::Null);
    let differ = new
        .into_iter()
        .filter(|(name, value)| was(name) != value && !TOLD_ELSEWHERE.contains(&name.as_str()));
    let differ: Map<_, _> =
        differ.map(|(name, value)| (name.clone(), json!({ "old": was(&name), "new": value }))).collect();
    if differ.is_empty() { Value::Null } else { Value::Object(differ) }
}
