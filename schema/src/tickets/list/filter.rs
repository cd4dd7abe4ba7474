//! What a list is asked for.

use super::cursor::Cursor;
use crate::tickets::rules::{Priority, Source, StatusKey};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Which tickets; all that hold at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
    /// The subject, letter by letter.
    pub whole_subject: Option<String>,
    /// Folded words that each stand in the subject.
    pub subject: Vec<String>,
    /// Folded words that each stand somewhere in the ticket.
    pub search: Vec<String>,
}

/// Whose tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgentIs {
    Nobody,
    Somebody(Uuid),
}

/// Where a ticket stands by its due date. Those that owe nothing stand behind every due date, the newest of them first:
/// at their age, mirrored in the year 4000.
const DUE: &str = "case when t.sla_due_date is not null and t.status_kind not in ('resolved', 'closed')
    then t.sla_due_date else timestamptz '4000-01-01+00' + (timestamptz '4000-01-01+00' - t.created_at) end";

/// In which order; the id decides between equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    #[default]
    Newest,
    Oldest,
    /// What was changed last first.
    Updated,
    /// What is still to be done by due date; after it the rest, settled or without one, newest first.
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

    /// Where a ticket stands in it, given its age.
    pub(super) const fn at(self, age: &'static str) -> &'static str {
        match self {
            Order::Newest | Order::Oldest => age,
            Order::Updated => "t.updated_at",
            Order::Due => DUE,
        }
    }

    /// Rows that come after the place `$16`, `$17`.
    pub(super) fn after(self, at: &str, id: &str) -> String {
        match self {
            Order::Newest | Order::Updated => format!("({at}, {id}) < ($16, $17)"),
            Order::Oldest => format!("({at}, {id}) > ($16, $17)"),
            Order::Due => format!("{at} >= $16 and ({at} > $16 or {id} < $17)"),
        }
    }

    /// What rows are ordered by.
    pub(super) fn by(self, at: &str, id: &str) -> String {
        match self {
            Order::Newest | Order::Updated => format!("{at} desc, {id} desc"),
            Order::Oldest => format!("{at}, {id}"),
            Order::Due => format!("{at}, {id} desc"),
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
