//! The last id of a path. Something that is no id is the id of nothing: 404, like an unknown one.

use crate::error::{ApiError, Missing};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use uuid::Uuid;

/// An id out of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| ApiError::NotFound(Missing::Page))?;
        let last = params.iter().last().and_then(|(_, text)| text.parse().ok());
        last.map(Id).ok_or(ApiError::NotFound(Missing::Record))
    }
}
