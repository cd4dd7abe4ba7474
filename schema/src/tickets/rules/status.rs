//! The six statuses of a ticket.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has taken it up.
    #[default]
    New,
    Open,
    /// The customer's answer is awaited.
    WaitingReply,
    /// Something from outside is awaited, a supplier for instance.
    Pending,
    /// An agent says it is solved; the customer has 48 hours to object.
    Resolved,
    /// Over for good.
    Closed,
}

impl Status {
    /// All of them, in the order of the board's columns.
    pub const ALL: [Status; 6] =
        [Status::New, Status::Open, Status::WaitingReply, Status::Pending, Status::Resolved, Status::Closed];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Open => "open",
            Status::WaitingReply => "waiting_reply",
            Status::Pending => "pending",
            Status::Resolved => "resolved",
            Status::Closed => "closed",
        }
    }

    pub fn parse(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The Turkish label.
    pub const fn label(self) -> &'static str {
        match self {
            Status::New => "Yeni",
            Status::Open => "Açık",
            Status::WaitingReply => "Yanıt Bekleniyor",
            Status::Pending => "Beklemede",
            Status::Resolved => "Çözüldü",
            Status::Closed => "Kapatıldı",
        }
    }

    /// Whether the work is done, so that no deadline runs any more.
    pub const fn is_settled(self) -> bool {
        matches!(self, Status::Resolved | Status::Closed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
