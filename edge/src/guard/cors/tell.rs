//! What a browser is told about who may read an answer.

use super::Page;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

const METHODS: HeaderValue = HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE");
/// Seconds for which a browser need not ask again; the request itself is judged every time.
const ASKED_ONCE_IN: HeaderValue = HeaderValue::from_static("600");
/// What a page may read besides the few headers that it always may.
const READABLE: HeaderValue = HeaderValue::from_static(
    "Content-Disposition,ETag,Idempotency-Replayed,Location,RateLimit-Limit,RateLimit-Remaining,RateLimit-Reset,\
     Retry-After,X-API-Version,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,X-Request-ID",
);
const ORIGIN: HeaderValue = HeaderValue::from_static("origin");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// The answer to a preflight, but for what [`tell`] adds.
#[must_use]
pub fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, ASKED_ONCE_IN);
    if let Some(wanted) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    headers.append(header::VARY, HeaderValue::from_name(header::ACCESS_CONTROL_REQUEST_HEADERS));
    response
}

/// Names the page that may read the answer. None for a page that was refused.
pub fn tell(headers: &mut HeaderMap, page: Option<Page>, origin: Option<&HeaderValue>) {
    headers.append(header::VARY, ORIGIN);
    let (Some(page @ (Page::Own | Page::Registered)), Some(origin)) = (page, origin) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READABLE);
    if page == Page::Own {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    }
}
