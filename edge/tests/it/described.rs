//! Every answer of every test is held against the API's description: a status or media type that it does not list for
//! the operation fails the test that saw it.

use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use std::sync::OnceLock;

static DOCUMENT: OnceLock<Value> = OnceLock::new();

/// Reads the description once.
pub fn learn(state: &edge::State) {
    DOCUMENT.get_or_init(|| serde_json::from_str(&edge::description(state)).unwrap());
}

/// # Panics
/// The answer is none that the operation lists.
pub fn check(method: &Method, path: &str, status: StatusCode, headers: &HeaderMap) {
    let Some(document) = DOCUMENT.get() else { return };
    let Some((name, operation)) = operation(document, method, path) else { return };
    // A fault of ours is in no description; tests that provoke one say so themselves.
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        return;
    }
    let listed = &operation["responses"][status.as_str()];
    assert!(listed.is_object(), "{method} {name} answered {status}, which it does not list");
    let Some(media_type) = headers.get(header::CONTENT_TYPE) else { return };
    let media_type = media_type.to_str().unwrap().split(';').next().unwrap().trim();
    let types = listed["content"].as_object();
    let is_listed = types.is_some_and(|types| {
        // A file is of its own type, whatever that is.
        types.contains_key(media_type) || types.contains_key("application/octet-stream")
    });
    assert!(is_listed, "{method} {name} answered {status} as {media_type}, which it does not list");
}

/// The operation that serves a path, by the name of its path.
fn operation<'a>(document: &'a Value, method: &Method, path: &str) -> Option<(&'a str, &'a Value)> {
    let path = path.strip_prefix("/api/v1").map_or(path.to_owned(), |rest| format!("/api{rest}"));
    let path = if path == "/" { &path } else { path.trim_end_matches('/') };
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |name: &str| {
        let names: Vec<&str> = name.split('/').collect();
        names.len() == parts.len()
            && names.iter().zip(&parts).all(|(name, part)| name.starts_with('{') || name == part)
    };
    let paths = document["paths"].as_object()?;
    // Words go before ids, as in the router.
    let found = paths.iter().filter(|(name, _)| fits(name)).min_by_key(|(name, _)| name.matches('{').count());
    let (name, item) = found?;
    let operation = &item[method.as_str().to_ascii_lowercase()];
    operation.is_object().then_some((name, operation))
}
