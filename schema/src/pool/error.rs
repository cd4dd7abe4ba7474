//! Why the database did not do what it was asked.

/// Why a statement or transaction failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("no database connection became free: {0}")]
    Busy(String),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

impl DbError {
    /// Whether the server is away or overrun, rather than that it refused what it was told.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        use diesel::result::DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
        match self {
            DbError::Busy(_) => true,
            DbError::Query(diesel::result::Error::DatabaseError(kind, info)) => {
                // A server that is going down or coming up says so in words only.
                let words = ["terminating connection", "the database system is"];
                matches!(kind, ClosedConnection | UnableToSendCommand)
                    || words.iter().any(|words| info.message().starts_with(words))
            }
            DbError::Query(_) => false,
        }
    }

    /// Whether a value that must be the only one of its kind is taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        use diesel::result::DatabaseErrorKind::UniqueViolation;
        matches!(self, DbError::Query(diesel::result::Error::DatabaseError(UniqueViolation, _)))
    }

    /// Whether a record that was named is not there, or still needed by others.
    #[must_use]
    pub fn is_dangling(&self) -> bool {
        use diesel::result::DatabaseErrorKind::ForeignKeyViolation;
        matches!(self, DbError::Query(diesel::result::Error::DatabaseError(ForeignKeyViolation, _)))
    }
}

pub type DbResult<T> = Result<T, DbError>;
