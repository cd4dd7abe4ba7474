//! What a list is asked for.

use super::cursor::Cursor;
use crate::tickets::rules::{Priority, Source, StatusKey};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Which tickets; all that hold at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// One of these.
    pub statuses: Option<Vec<StatusKey>>,
    pub priority: Option<Priority>,
    pub department_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    pub agent: Option<AgentIs>,
    pub sla_breached: Option<bool>,
    pub source: Option<Source>,
    pub tag: Option<String>,
    /// The customer's own, for his list.
    pub user_id: Option<Uuid>,
    /// From this instant on.
    pub created_from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub created_to: Option<DateTime<Utc>>,
    /// Folded words that each stand in the subject.
    pub subject: Vec<String>,
    /// Folded words that each stand somewhere in the ticket.
    pub search: Vec<String>,
}

/// Whose tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentIs {
    Nobody,
    Somebody(Uuid),
}

/// In which order; the id decides between equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    #[default]
    Newest,
    Oldest,
    /// What was changed last first.
    Updated,
    /// What is due first first; tickets without a due date come last.
    Due,
}

/// Which part of the list.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    pub order: Order,
    /// After the ticket at which another page ended.
    pub after: Option<Cursor>,
    /// Tickets to skip from there on.
    pub offset: i64,
    pub limit: i64,
}

impl Order {
    pub(super) const ALL: [Order; 4] = [Order::Newest, Order::Oldest, Order::Updated, Order::Due];

    /// The column it goes by, given that of the age; its direction, and the sign of what comes after.
    pub(super) const fn words(self, age: &'static str) -> (&'static str, &'static str, &'static str) {
        match self {
            Order::Newest => (age, "desc", "<"),
            Order::Oldest => (age, "asc", ">"),
            Order::Updated => ("t.updated_at", "desc", "<"),
            Order::Due => ("coalesce(t.sla_due_date, timestamptz '9999-12-31')", "asc", ">"),
        }
    }

    /// The place before all others.
    pub(super) fn start(self) -> Cursor {
        match self {
            Order::Newest | Order::Updated => Cursor { at: DateTime::<Utc>::MAX_UTC, id: Uuid::max() },
            Order::Oldest | Order::Due => Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil() },
        }
    }
}

impl Filter {
    /// Words to be found in the texts of tickets.
    pub(super) fn has_words(&self) -> bool {
        !self.search.is_empty() || !self.subject.is_empty()
    }
}
