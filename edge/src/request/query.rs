//! The query string as a typed, validated value. A name given twice keeps its last value (B22-26); operator keys are
//! dropped (B22-25); an empty value is as if absent.

use super::typed::typed;
use crate::error::{ApiError, language};
use crate::text::Text;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Well below what a request's head may be, so that too long a query is told so.
const QUERY_BYTES_MAX: usize = 4 << 10;
const TOO_LONG: Text = Text::new("Sorgu çok uzun", "The query is too long");
const MALFORMED: Text = Text::new("Geçersiz sorgu", "Invalid query");

/// The request's query, checked.
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let language = language(&parts.headers);
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > QUERY_BYTES_MAX {
            return Err(ApiError::Invalid(TOO_LONG.into()));
        }
        let pairs = pairs(query)?;
        let shown: Map<String, Value> =
            pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        typed(&Value::Object(shown), language, || read(&pairs)).map(Self)
    }
}

fn pairs(query: &str) -> Result<BTreeMap<String, String>, ApiError> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|_| ApiError::Invalid(MALFORMED.into()))?;
    let operator = |name: &str| name.starts_with('$') || name.contains('.');
    Ok(pairs.into_iter().filter(|(name, value)| !operator(name) && !value.is_empty()).collect())
}

/// Through the form format, which knows how to read a number out of a text.
fn read<T: DeserializeOwned>(
    pairs: &BTreeMap<String, String>,
) -> Result<T, serde_path_to_error::Error<serde_urlencoded::de::Error>> {
    let text = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let parts = form_urlencoded::parse(text.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(parts))
}
