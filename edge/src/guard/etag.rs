//! Answers that a client may keep and ask about again: `ETag`, `If-None-Match`, 304 (B21-07).
//!
//! ```text
//! async fn show(…, headers: HeaderMap) -> Result<Response, ApiError> { etag::json(&headers, &form) }
//! ```
//!
//! Tags are weak, because the same answer may go out compressed. They are made of the body, so any edge answers to a
//! tag of any other. `Cache-Control` is `private, no-cache` unless changed: kept by the browser, asked about at each use.

use crate::error::ApiError;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

const KEEP_AND_ASK: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Half of a SHA-256 tells answers apart well enough.
const TAG_BYTES: usize = 16;

/// A value as JSON, or 304 if the client has it.
///
/// # Errors
/// It cannot be written as JSON.
pub fn json(asked: &HeaderMap, value: &impl Serialize) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(value).map_err(|cause| ApiError::Fault(cause.into()))?;
    Ok(tagged(asked, HeaderValue::from_static("application/json"), body.into()))
}

/// A body, or 304 if the client has it.
#[must_use]
pub fn tagged(asked: &HeaderMap, media_type: HeaderValue, body: Bytes) -> Response {
    let tag = tag(&body);
    let is_known = is_known(asked, &tag);
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(body) });
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, KEEP_AND_ASK);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    response
}

fn tag(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let mut tag = String::from("W/\"");
    for byte in &digest[..TAG_BYTES] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

/// Weak comparison: what stands between the quotes counts. Our tags hold no comma, so lists may be cut at theirs.
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let lines = asked.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|line| line.to_str().ok());
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|given| given == "*" || opaque(given) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(if_none_match: &str) -> Response {
        let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, if_none_match.parse().unwrap())]);
        json(&asked, &["a"]).unwrap()
    }

    #[test]
    fn a_client_that_has_the_answer_gets_none() {
        let first = ask("");
        assert_eq!(
            (first.status().as_u16(), &first.headers()["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        let tag = first.headers()["etag"].to_str().unwrap();
        assert!(tag.starts_with("W/\"") && tag.len() == 36, "{tag}");
        let strong = tag.trim_start_matches("W/");
        for known in [tag, strong, "*", &format!("\"x\", {tag}"), &format!("\"a,b\",{strong} ")] {
            let answer = ask(known);
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()),
                (304, tag),
                "{known}"
            );
            assert!(!answer.headers().contains_key("content-type"));
        }
        for other in ["W/\"0\"", "x", tag.trim_matches('"')] {
            assert_eq!(ask(other).status(), 200, "{other}");
        }
    }

    #[test]
    fn another_body_has_another_tag() {
        assert_ne!(tag(b"a"), tag(b"b"));
    }
}
