//! The support form's four words for a status, and how its callers move a ticket.
//!
//! Callers of that family know no table: any word may follow any word. The ticket itself still walks the
//! table's steps, so its history reads like any other's. Only leaving `closed`, where the table has no
//! step, is an override with an audit entry of its own.

use serde::{Deserialize, Serialize};

use super::status::Status;
use super::transitions::shortest_path;

/// A status in the words of the support form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormStatus {
    #[default]
    Pending,
    InProgress,
    Resolved,
    Closed,
}

/// The way to the status a form's caller asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormRoute {
    /// The ticket already shows that word.
    Stay,
    /// Allowed steps, one audit entry each; only the last one sends its mail.
    Steps(Vec<Status>),
    /// A jump the table forbids, audited as `TICKET_STATUS_OVERRIDE`.
    Override(Status),
}

/// How a ticket gets to a word of the support form.
pub fn form_route(from: Status, word: FormStatus) -> FormRoute {
    let to = word.inward();
    if FormStatus::outward(from) == word {
        return FormRoute::Stay;
    }
    match shortest_path(from, to) {
        Some(steps) => FormRoute::Steps(steps),
        None => FormRoute::Override(to),
    }
}

impl FormStatus {
    /// All of them, in the order of the form's lists.
    pub const ALL: [FormStatus; 4] =
        [FormStatus::Pending, FormStatus::InProgress, FormStatus::Resolved, FormStatus::Closed];

    /// The word that a ticket's status is shown as.
    pub const fn outward(status: Status) -> FormStatus {
        match status {
            Status::New | Status::Pending => FormStatus::Pending,
            Status::Open | Status::WaitingReply => FormStatus::InProgress,
            Status::Resolved => FormStatus::Resolved,
            Status::Closed => FormStatus::Closed,
        }
    }

    /// The status that a word asks for.
    pub const fn inward(self) -> Status {
        match self {
            FormStatus::Pending => Status::Pending,
            FormStatus::InProgress => Status::Open,
            FormStatus::Resolved => Status::Resolved,
            FormStatus::Closed => Status::Closed,
        }
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            FormStatus::Pending => "pending",
            FormStatus::InProgress => "in_progress",
            FormStatus::Resolved => "resolved",
            FormStatus::Closed => "closed",
        }
    }

    pub fn parse(word: &str) -> Option<FormStatus> {
        FormStatus::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The Turkish label.
    pub const fn label(self) -> &'static str {
        match self {
            FormStatus::Pending => "Beklemede",
            FormStatus::InProgress => "İşlemde",
            FormStatus::Resolved => "Çözüldü",
            FormStatus::Closed => "Kapatıldı",
        }
    }

    /// The background of the badge.
    pub const fn colour(self) -> &'static str {
        match self {
            FormStatus::Pending => "orange",
            FormStatus::InProgress => "blue",
            FormStatus::Resolved => "green",
            FormStatus::Closed => "gray",
        }
    }
}
