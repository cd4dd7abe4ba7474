//! Statuses and steps as they stand in the database.

use crate::pool::DbError;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Integer, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct StatusRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = Text)]
    pub label: String,
    #[diesel(sql_type = Text)]
    pub color: String,
    #[diesel(sql_type = Integer)]
    pub position: i32,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Bool)]
    pub retired: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// A status to be added.
#[derive(Clone, Debug)]
pub struct NewStatus {
    pub key: crate::tickets::rules::StatusKey,
    pub label: String,
    pub color: String,
    /// None for the end of the board.
    pub position: Option<i32>,
    pub kind: crate::tickets::rules::Kind,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("the site has no such status")]
    NotFound,
    #[error("the site has that status, or that step")]
    Taken,
    #[error("every site has this status")]
    Preset,
    #[error("tickets have this status")]
    InUse,
    /// A step from or to a status that the site does not have.
    #[error("the site has no status {0}")]
    UnknownKey(String),
    #[error(transparent)]
    Database(DbError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        if error.is_taken() { Refused::Taken } else { Refused::Database(error) }
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
