//! An agent as routing sees them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::agent::{AgentState, AgentStatus};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: Uuid,
    pub status: AgentStatus,
    pub state: AgentState,
    /// Until when the state holds; afterwards it counts as «Müsait».
    pub state_until: Option<DateTime<Utc>>,
    pub is_active: bool,
    pub current_chats: u32,
    /// At least 1; zero counts as 1 in the load and takes nothing.
    pub max_chats: u32,
    /// Chats waiting for this very agent, or, where a ticket is given out, the open tickets they hold.
    pub queued: u32,
    pub last_assigned_at: Option<DateTime<Utc>>,
}

impl Candidate {
    /// Whether a new chat may go to this agent (A6-05).
    pub fn can_take(&self, now: DateTime<Utc>) -> bool {
        self.is_active
            && self.status == AgentStatus::Online
            && self.state_at(now).takes_chats()
            && self.state_until.is_none_or(|until| until <= now)
            && self.current_chats < self.max_chats
    }

    /// Whether the agent is there, whatever the agent says.
    pub fn is_online(&self) -> bool {
        self.status == AgentStatus::Online
    }

    /// The state once its end is taken into account.
    pub fn state_at(&self, now: DateTime<Utc>) -> AgentState {
        match self.state_until {
            Some(until) if until <= now => AgentState::Available,
            _ => self.state,
        }
    }

    /// How busy the agent is: the share of their places that are taken, in percent, and ten for each one
    /// queued (A6-14). May exceed 100.
    pub fn load(&self) -> f64 {
        let (numerator, places) = self.load_fraction();
        numerator as f64 / places as f64
    }

    /// The load as an exact fraction. Loads are compared, and rounding would invent or miss a tie.
    pub(super) fn load_fraction(&self) -> (u128, u128) {
        let places = u128::from(self.max_chats.max(1));
        (u128::from(self.current_chats) * 100 + u128::from(self.queued) * 10 * places, places)
    }
}
