//! A JSON body (or a form) as a typed, validated value.
//!
//! ```text
//! #[derive(Deserialize, Validate, ToSchema)]
//! struct Draft { #[garde(length(chars, min = 1, max = 255))] name: String }
//! async fn create(Admin(caller): Admin, Body(draft): Body<Draft>) -> …
//! ```
//!
//! Fields a type does not name are ignored, so nobody sets what he may not set. In a change, an absent field stays
//! and `null` clears: such a field is an `Option<Option<T>>` with `#[serde(default, deserialize_with = "changed")]`.

use super::typed::typed;
use crate::error::{ApiError, language};
use crate::intake::{Options, decode};
use crate::text::Text;
use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};
use garde::Validate;
use schema::files::rules::Policy;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The request's body, checked.
pub struct Body<T>(pub T);

/// The same where all of it may be left out.
pub struct Spare<T>(pub T);

pub const EMPTY: Text = Text::new("İstek gövdesi boş", "The request has no body");

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        // Nothing is not the same as an object without members: who sends nothing forgot what he wanted to say.
        let is_empty = request.body().is_end_stream();
        let body = read(request).await?;
        if is_empty { Err(ApiError::Invalid(EMPTY.into())) } else { Ok(Self(body)) }
    }
}

impl<S, T> FromRequest<S> for Spare<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        read(request).await.map(Self)
    }
}

async fn read<T: DeserializeOwned + Validate<Context = ()>>(request: Request) -> Result<T, ApiError> {
    let language = language(request.headers());
    let intake = decode(request, &Options::native(Policy::upload(false)), None).await?;
    let value = Value::Object(intake.values());
    typed(&value, language, || serde_path_to_error::deserialize::<_, T>(&value))
}

/// For a field whose absence and whose `null` mean different things.
///
/// # Errors
/// The value is of another type.
pub fn changed<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
