//! Why an act on a plain record changed nothing.

use crate::pool::DbError;

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("the site has no such record")]
    NotFound,
    #[error("what must be the only one of its kind is taken")]
    Taken,
    /// Somebody or something it names.
    #[error("the site has no such record as is named")]
    NamesUnknown,
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
