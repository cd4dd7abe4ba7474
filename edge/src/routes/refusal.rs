//! What a refused act on a plain record is answered with.

use crate::error::{ApiError, Missing};
use crate::text::Text;
use axum::http::StatusCode;
use schema::refused::Refused;

/// The answer, where `taken` says that something must be the only one of its kind.
pub fn refusal(taken: Text) -> impl FnOnce(Refused) -> ApiError {
    move |refused| match refused {
        Refused::NotFound => ApiError::NotFound(Missing::Record),
        Refused::Taken => ApiError::Said(StatusCode::CONFLICT, taken),
        Refused::NamesUnknown => ApiError::NotFound(Missing::User),
        Refused::Database(error) => error.into(),
    }
}
