//! What an agent says about themselves. The Turkish words of a state are its values on the wire.

use serde::{Deserialize, Serialize};

/// Whether the agent is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    Online,
    #[default]
    Offline,
}

/// What a connected agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum AgentState {
    #[default]
    #[serde(rename = "Müsait")]
    Available,
    /// Has chats, and takes more until the limit.
    #[serde(rename = "Meşgul")]
    Busy,
    #[serde(rename = "Molada")]
    OnBreak,
    #[serde(rename = "Uzakta")]
    Away,
    #[serde(rename = "Rahatsız Etmeyin")]
    DoNotDisturb,
}

impl AgentStatus {
    pub const ALL: [AgentStatus; 2] = [AgentStatus::Online, AgentStatus::Offline];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            AgentStatus::Online => "online",
            AgentStatus::Offline => "offline",
        }
    }

    pub fn parse(word: &str) -> Option<AgentStatus> {
        AgentStatus::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl AgentState {
    pub const ALL: [AgentState; 5] = [
        AgentState::Available,
        AgentState::Busy,
        AgentState::OnBreak,
        AgentState::Away,
        AgentState::DoNotDisturb,
    ];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            AgentState::Available => "Müsait",
            AgentState::Busy => "Meşgul",
            AgentState::OnBreak => "Molada",
            AgentState::Away => "Uzakta",
            AgentState::DoNotDisturb => "Rahatsız Etmeyin",
        }
    }

    pub fn parse(word: &str) -> Option<AgentState> {
        AgentState::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether new chats may come in.
    pub const fn takes_chats(self) -> bool {
        matches!(self, AgentState::Available | AgentState::Busy)
    }
}
