//! What a status means to the rules, whatever a site calls it (B25-26).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::status::Status;

/// Deadlines, closing, mail and figures go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nobody has taken it up.
    #[default]
    New,
    /// It is being worked on.
    Open,
    /// Somebody else's move is awaited.
    Waiting,
    /// Thought solved; the customer has 48 hours to object.
    Resolved,
    /// Over.
    Closed,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::New, Kind::Open, Kind::Waiting, Kind::Resolved, Kind::Closed];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::New => "new",
            Kind::Open => "open",
            Kind::Waiting => "waiting",
            Kind::Resolved => "resolved",
            Kind::Closed => "closed",
        }
    }

    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether the work is done, so that no deadline runs any more.
    pub const fn is_settled(self) -> bool {
        matches!(self, Kind::Resolved | Kind::Closed)
    }
}

impl From<Status> for Kind {
    fn from(status: Status) -> Self {
        match status {
            Status::New => Kind::New,
            Status::Open => Kind::Open,
            Status::WaitingReply | Status::Pending => Kind::Waiting,
            Status::Resolved => Kind::Resolved,
            Status::Closed => Kind::Closed,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
