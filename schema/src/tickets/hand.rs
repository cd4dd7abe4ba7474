//! What everybody's change of a ticket has to pass, in the change's own transaction: the ticket is there, nobody else
//! is writing in it (A8-34), and it is still as its changer saw it.

use super::locks::{self, Lock};
use super::rules::{ForbiddenTransition, StatusKey};
use super::status::{By, NotChanged};
use super::status_row::{Row, lock};
use crate::people::rules::Role;
use crate::pool::{DbError, Tx};
use crate::sites::Settings;
use chrono::{DateTime, Utc};
use jobs::TicketId;

/// Whose hand it is, and what it has seen.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    pub site: &'a Settings,
    pub by: &'a By,
    pub role: Role,
    /// The versions of the ticket that its changer means; none for whichever it has.
    pub seen: Option<&'a [i64]>,
    pub now: DateTime<Utc>,
}

/// Why a ticket stayed as it was; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("the site has no such ticket")]
    NotFound,
    #[error("the site has no such record: {0:?}")]
    Unknown(What),
    #[error("somebody else is writing in the ticket")]
    Locked(Lock),
    /// Somebody changed it meanwhile.
    #[error("the ticket is at version {version}")]
    Stale { version: i64 },
    /// Its text goes to the caller as it stands.
    #[error(transparent)]
    Transition(#[from] ForbiddenTransition),
    #[error("the site has no status {0}")]
    UnknownStatus(StatusKey),
    #[error("the caller's role is too low for this")]
    Forbidden,
    #[error("what stands against it: {0:?}")]
    Conflict(Conflict),
    #[error("the site's settings have changed since they were read")]
    StaleSettings,
    #[error(transparent)]
    Database(#[from] DbError),
}

/// What a ticket was to refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Agent,
    Department,
    Category,
    /// The other ticket of two.
    Ticket,
}

/// What stands against a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A closed ticket is not answered.
    Closed,
    /// Only a closed one is followed by another.
    NotClosed,
    /// A ticket is not merged into itself.
    SameTicket,
    /// It was merged into another already.
    Merged,
    /// The ticket to merge into is closed or was merged itself.
    TargetClosed,
    /// There is no merge to take back.
    NotMerged,
    /// The ticket it was merged into was itself merged since: that comes first.
    TargetMerged,
    /// The time to take a merge back is over.
    TooLate,
    /// The column has no room left at this place.
    Crowded,
}

impl Hand<'_> {
    /// Locks a ticket of the site for a change.
    ///
    /// # Errors
    /// There is no such ticket, somebody else is writing in it, or it is not as it was seen.
    pub(super) async fn lay(&self, tx: &mut Tx, ticket: TicketId) -> Result<Row, Refused> {
        let row = lock(tx, self.site.id, ticket).await?.ok_or(Refused::NotFound)?;
        self.pass(tx, &row).await?;
        Ok(row)
    }

    /// What [`Hand::lay`] demands of a ticket that is locked already.
    pub(super) async fn pass(&self, tx: &mut Tx, row: &Row) -> Result<(), Refused> {
        // A customer's word is never held up by an agent's pen.
        if self.role > Role::Customer
            && let Some(other) = locks::held_by_another(tx, row, self.by.user_id, self.now).await?
        {
            return Err(Refused::Locked(other));
        }
        match self.seen {
            Some(seen) if !seen.contains(&row.version) => Err(Refused::Stale { version: row.version }),
            _ => Ok(()),
        }
    }
}

impl From<NotChanged> for Refused {
    fn from(error: NotChanged) -> Self {
        match error {
            NotChanged::NotFound => Refused::NotFound,
            NotChanged::UnknownStatus(key) => Refused::UnknownStatus(key),
            NotChanged::Forbidden(step) => Refused::Transition(step),
            NotChanged::StaleSettings => Refused::StaleSettings,
            NotChanged::Database(error) => Refused::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Refused::Database(error.into())
    }
}
