//! Agents and tickets as routing sees them.

use super::rules::{AgentState, AgentStatus, Candidate};
use crate::tickets::rules::{Kind, Status};
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

/// A ticket that nobody has, locked by the open transaction.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Waiting {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub status_kind: String,
}

impl Waiting {
    /// Where it stands once somebody has it: a new ticket is open (A8-14), any other stays where it is.
    pub fn status_when_taken(&self) -> &str {
        match Kind::parse(&self.status_kind) {
            Some(Kind::New) => Status::Open.as_str(),
            _ => &self.status,
        }
    }
}

/// A person who may be given tickets, locked by the open transaction.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Person {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Bool)]
    pub is_agent: bool,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub state_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    pub current_chats: i32,
    #[diesel(sql_type = Integer)]
    pub max_chats: i32,
    #[diesel(sql_type = Integer)]
    pub open_tickets: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_assigned_at: Option<DateTime<Utc>>,
}

impl Person {
    /// As a candidate for a ticket: the open tickets they hold are what is queued with them.
    pub fn candidate(&self) -> Candidate {
        let count = |number: i32| u32::try_from(number).unwrap_or(0);
        Candidate {
            id: self.id,
            status: AgentStatus::parse(&self.status).unwrap_or_default(),
            state: AgentState::parse(&self.state).unwrap_or(AgentState::Away),
            state_until: self.state_until,
            is_active: true,
            current_chats: count(self.current_chats),
            max_chats: count(self.max_chats),
            queued: count(self.open_tickets),
            last_assigned_at: self.last_assigned_at,
        }
    }
}
