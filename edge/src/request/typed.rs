//! From names and values to a checked type; every refusal names its field.

use crate::error::ApiError;
use crate::text::{Language, Words, spoken};
use garde::Validate;
use serde_json::Value;
use std::fmt::Display;

pub(super) fn typed<T: Validate<Context = ()>, E: Display>(
    value: &Value,
    language: Language,
    read: impl FnOnce() -> Result<T, serde_path_to_error::Error<E>>,
) -> Result<T, ApiError> {
    if let Some(field) = nul(value, "") {
        return Err(ApiError::field(field, Words::NUL.of(language)));
    }
    let typed = read().map_err(|error| misfit(&error, language))?;
    garde::with_i18n(Words(language), || typed.validate()).map_err(|report| {
        let said = |error: &garde::Error| spoken(error.message(), language);
        ApiError::Rejected(report.iter().map(|(path, error)| (path.to_string(), said(error))).collect())
    })?;
    Ok(typed)
}

fn misfit<E: Display>(error: &serde_path_to_error::Error<E>, language: Language) -> ApiError {
    let (path, cause) = (error.path().to_string(), error.inner().to_string());
    let within = path.trim_matches('.');
    let missing = cause.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if within.is_empty() => ApiError::field(name.to_owned(), Words::REQUIRED.of(language)),
        Some(name) => ApiError::field(format!("{within}.{name}"), Words::REQUIRED.of(language)),
        None => ApiError::field(within.to_owned(), Words::WRONG_TYPE.of(language)),
    }
}

/// The first text with a NUL in it, which no column takes.
fn nul(value: &Value, path: &str) -> Option<String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) => text.contains('\0').then(|| path.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| nul(item, &below(&index.to_string())))
        }
        Value::Object(members) => members.iter().find_map(|(name, member)| match name.contains('\0') {
            true => Some(path.to_owned()),
            false => nul(member, &below(name)),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// For `garde`: a text that says something.
///
/// # Errors
/// It is all white space.
pub fn not_blank(text: &str, _: &()) -> garde::Result {
    match text.trim().is_empty() {
        true => Err(Words::BLANK.rule()),
        false => Ok(()),
    }
}
