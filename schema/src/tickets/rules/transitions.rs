//! Which status may follow which (A8-17): the table a site begins with. What it made of it stands in the database.

use thiserror::Error;

use super::kind::Kind;
use super::standing::StatusKey;
use super::status::Status;
use super::status::Status::{Closed, New, Open, Pending, Resolved, WaitingReply};

/// Every allowed step. A step to the same status is none of them.
pub const TRANSITIONS: [(Status, Status); 13] = [
    (New, Open),
    (New, Pending),
    (New, Closed),
    (Open, WaitingReply),
    (Open, Pending),
    (Open, Resolved),
    (Open, Closed),
    (WaitingReply, Open),
    (WaitingReply, Resolved),
    (Pending, Open),
    (Pending, Resolved),
    (Resolved, Open),
    (Resolved, Closed),
];

/// A step the table does not have; its text goes to the caller as it stands (B25-25).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{from} durumundan {to}'a geçiş yapılamaz")]
pub struct ForbiddenTransition {
    pub from: StatusKey,
    pub to: StatusKey,
}

impl ForbiddenTransition {
    /// The same in English.
    #[must_use]
    pub fn english(&self) -> String {
        format!("A ticket cannot go from {} to {}", self.from, self.to)
    }
}

/// # Errors
/// When the table does not have the step.
pub fn check_transition(from: Status, to: Status) -> Result<(), ForbiddenTransition> {
    match TRANSITIONS.contains(&(from, to)) {
        true => Ok(()),
        false => Err(ForbiddenTransition { from: from.into(), to: to.into() }),
    }
}

/// The fewest allowed steps that lead from one status to another: every status to pass through, the last
/// one included. Empty if one is there already, none if no way leads there. Among equally short ways the
/// one whose steps stand first in the table wins.
pub fn shortest_path(from: Status, to: Status) -> Option<Vec<Status>> {
    let mut ways = vec![vec![from]];
    let mut tried = 0;
    while let Some(way) = ways.get(tried).cloned() {
        let end = *way.last()?;
        if end == to {
            return Some(way[1..].to_vec());
        }
        let unseen = |next: &Status| !ways.iter().any(|known| known.contains(next));
        let steps: Vec<Status> = TRANSITIONS
            .iter()
            .filter(|(start, _)| *start == end)
            .map(|(_, next)| *next)
            .filter(unseen)
            .collect();
        ways.extend(steps.into_iter().map(|next| [way.as_slice(), &[next]].concat()));
        tried += 1;
    }
    None
}

/// Whether the customer gets a mail about a change to this status (A8-23).
pub fn mails_customer(to: impl Into<Kind>) -> bool {
    to.into().is_settled()
}
