//! `If-Match`: which version of a record its changer has seen.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The versions that may be changed; none if the request does not say, or says any. A tag that is no version of ours,
/// or a weak one, matches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<Vec<i64>>);

impl IfMatch {
    #[must_use]
    pub fn seen(&self) -> Option<&[i64]> {
        self.0.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let lines = parts.headers.get_all(header::IF_MATCH).iter();
        let lines: Vec<&str> = lines.map(|line| line.to_str().unwrap_or_default()).collect();
        let tags: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
        if tags.is_empty() || tags.contains(&"*") {
            return Ok(Self(None));
        }
        Ok(Self(Some(tags.into_iter().filter_map(version).collect())))
    }
}

fn version(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn seen(lines: &[&str]) -> Option<Vec<i64>> {
        let mut request = Request::new(());
        for line in lines {
            request.headers_mut().append(header::IF_MATCH, line.parse().unwrap());
        }
        let (mut parts, ()) = request.into_parts();
        let Ok(IfMatch(seen)) = IfMatch::from_request_parts(&mut parts, &()).await;
        seen
    }

    #[tokio::test]
    async fn strong_tags_name_versions_and_a_star_names_any() {
        assert_eq!(seen(&[]).await, None);
        assert_eq!(seen(&["*"]).await, None);
        assert_eq!(seen(&["\"7\""]).await, Some(vec![7]));
        assert_eq!(seen(&["\"7\", \"8\"", "\"9\""]).await, Some(vec![7, 8, 9]));
        assert_eq!(seen(&["W/\"7\", x, \"y\", \"\""]).await, Some(vec![]));
    }
}
