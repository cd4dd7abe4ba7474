//! One spelling of each path, before it is routed: a slash at the end changes nothing (B12-12).

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Takes the slashes off the end of the path.
pub fn normalize(uri: &mut Uri) {
    let path = uri.path();
    let trimmed = path.trim_end_matches('/');
    if trimmed.len() == path.len() || trimmed.is_empty() {
        return;
    }
    let spelt = match uri.query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    };
    let Ok(spelt) = PathAndQuery::try_from(spelt) else { return };
    let mut parts = std::mem::take(uri).into_parts();
    parts.path_and_query = Some(spelt);
    *uri = Uri::from_parts(parts).unwrap_or_default();
}
