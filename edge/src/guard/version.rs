//! Which version of the API a request means (B21-01…03).
//!
//! `/api/…` is version 1, and `/api/v1/…` is another name of all of it: [`enter`] takes the version out of the path
//! before routing, so that no route knows of it. `Accept-Version` and `X-API-Version` say the same in a header.
//! Within a version things are only added; one that goes away needs a number of its own here.

use crate::error::ApiError;
use crate::text::Text;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{Extensions, HeaderMap, StatusCode, Uri};

/// The header of every answer; also one of the two that a request may choose by.
pub const HEADER: &str = "x-api-version";
/// What answers are of.
pub const CURRENT: &str = "1";

const ACCEPT: &str = "accept-version";
const ROOT: &str = "/api/v";
const VERSIONS: [u32; 1] = [1];

const UNSUPPORTED: Text = Text::new("Desteklenmeyen API sürümü", "Unsupported API version");

/// What the path said, kept for when it does not say it any more. None for a version there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InPath(Option<u32>);

/// Takes the version out of the path.
pub fn enter(request: &mut Request) {
    let Some((number, rest)) = split(request.uri().path()) else { return };
    let known = known(number);
    if known.is_some()
        && let Some(uri) = unversioned(request.uri(), rest)
    {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().insert(InPath(known));
}

/// # Errors
/// A version there is not, or two that differ.
pub fn check(extensions: &Extensions, headers: &HeaderMap) -> Result<(), ApiError> {
    let in_path = extensions.get::<InPath>().map(|InPath(version)| *version);
    let in_headers = [ACCEPT, HEADER].into_iter().flat_map(|name| headers.get_all(name));
    let in_headers = in_headers.map(|value| value.to_str().ok().and_then(|text| known(text.trim())));
    let mut chosen = None;
    for version in in_path.into_iter().chain(in_headers) {
        if version.is_none() || chosen.is_some_and(|earlier| earlier != version) {
            return Err(ApiError::Said(StatusCode::BAD_REQUEST, UNSUPPORTED));
        }
        chosen = Some(version);
    }
    Ok(())
}

/// The digits behind `/api/v`, and what follows them.
fn split(path: &str) -> Option<(&str, &str)> {
    let behind = path.strip_prefix(ROOT)?;
    let (number, rest) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((number, rest))
}

fn known(number: &str) -> Option<u32> {
    VERSIONS.into_iter().find(|version| version.to_string() == number)
}

fn unversioned(uri: &Uri, rest: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let spelt = PathAndQuery::try_from(format!("/api{rest}{query}")).ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(spelt);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn entered(uri: &str) -> (String, Option<InPath>) {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = uri.parse().unwrap();
        enter(&mut request);
        (request.uri().to_string(), request.extensions().get().copied())
    }

    #[test]
    fn the_version_leaves_the_path_and_nothing_else_does() {
        let first = Some(InPath(Some(1)));
        assert_eq!(entered("/api/v1/tickets/7?a=%2Fb"), ("/api/tickets/7?a=%2Fb".into(), first));
        assert_eq!(entered("/api/v1"), ("/api".into(), first));
        assert_eq!(entered("/api/v1/v1/x"), ("/api/v1/x".into(), first));
        for other in ["/api/v2/x", "/api/v01/x", "/api/v99999999999999999999"] {
            assert_eq!(entered(other), (other.into(), Some(InPath(None))));
        }
        for plain in ["/api/visitors", "/api/v/x", "/api/v1x/y", "/api/version", "/v1/api", "/api"] {
            assert_eq!(entered(plain), (plain.into(), None));
        }
    }

    #[test]
    fn all_that_name_a_version_must_name_the_same_known_one() {
        let check = |path: &str, headers: &[(&'static str, &str)]| {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = path.parse().unwrap();
            enter(&mut request);
            for (name, value) in headers {
                request.headers_mut().append(*name, value.parse().unwrap());
            }
            super::check(request.extensions(), request.headers()).is_ok()
        };
        assert!(check("/api/x", &[]) && check("/api/v1/x", &[]));
        assert!(check("/api/x", &[(ACCEPT, "1")]) && check("/api/v1/x", &[(HEADER, " 1 "), (ACCEPT, "1")]));
        assert!(!check("/api/v2/x", &[]) && !check("/api/v2/x", &[(ACCEPT, "2")]));
        assert!(!check("/api/v2/x", &[(ACCEPT, "1")]) && !check("/api/v1/x", &[(ACCEPT, "2")]));
        for wrong in ["2", "v1", "1.0", "", "ş"] {
            assert!(!check("/api/x", &[(HEADER, wrong)]), "{wrong:?}");
        }
        assert!(!check("/api/x", &[(ACCEPT, "1"), (ACCEPT, "2")]));
    }
}
