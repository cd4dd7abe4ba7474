//! The headers that every answer carries (B22-01…07), written out once at the start.
//!
//! A handler that sets one of them itself keeps its own value: a widget's file may be embedded anywhere
//! (`Cross-Origin-Resource-Policy: cross-origin`), a page may need a policy of its own. Nothing is ever sent twice.

use super::version;
use anyhow::Context;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What stands on every answer beside it, put together once: an answer begins with a copy of it, which is cheaper than
/// header by header.
#[derive(Clone, Debug)]
pub struct Standing {
    api: HeaderMap,
    other: HeaderMap,
}

impl Standing {
    /// With scripts allowed from `cdn_host` besides our own; an empty one allows none.
    ///
    /// # Errors
    /// The host cannot stand in a policy.
    pub fn new(cdn_host: &str) -> anyhow::Result<Self> {
        let policy = HeaderValue::try_from(content_security_policy(cdn_host.trim()))
            .ok()
            .filter(|_| is_source(cdn_host.trim()))
            .with_context(|| format!("CDN_HOST {cdn_host:?} is no host, such as cdn.example.com"))?;
        let fixed = FIXED.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let other: HeaderMap = [(header::CONTENT_SECURITY_POLICY, policy)].into_iter().chain(fixed).collect();
        let mut api = other.clone();
        api.insert(header::CACHE_CONTROL, NO_STORE);
        Ok(Self { api, other })
    }

    /// Adds what the answer does not say itself. What lies under `/api/` is nobody's to keep unless it says so.
    pub fn dress(&self, headers: &mut HeaderMap, is_api: bool) {
        let standing = if is_api { &self.api } else { &self.other };
        let own = std::mem::replace(headers, standing.clone());
        headers.extend(own);
    }
}

const FIXED: [(HeaderName, &str); 12] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains; preload"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_XSS_PROTECTION, "0"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
    (header::X_DNS_PREFETCH_CONTROL, "off"),
    (HeaderName::from_static("x-download-options"), "noopen"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
    (HeaderName::from_static(version::HEADER), version::CURRENT),
];

fn content_security_policy(cdn_host: &str) -> String {
    let scripts = ["script-src 'self' 'unsafe-inline'", cdn_host].join(" ");
    [
        "default-src 'self'",
        scripts.trim_end(),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: https:",
        "connect-src 'self' wss: https:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    .join("; ")
}

/// A host, perhaps with a scheme, a port or a leading `*.`, but nothing that would begin another directive.
fn is_source(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:/*".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_the_contracts_with_the_configured_host() {
        let mut headers = HeaderMap::new();
        Standing::new("cdn.asisttr.com").unwrap().dress(&mut headers, false);
        assert_eq!(
            headers[header::CONTENT_SECURITY_POLICY],
            "default-src 'self'; script-src 'self' 'unsafe-inline' cdn.asisttr.com; \
             style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self' wss: https:; \
             frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
        );
        assert!(!headers.contains_key(header::CACHE_CONTROL));
        let without = content_security_policy("");
        assert!(without.contains("; script-src 'self' 'unsafe-inline'; "), "{without}");
    }

    #[test]
    fn a_host_that_would_begin_another_directive_is_refused() {
        for wrong in ["a; b", "a b", "a\r\nb", "'none'", "a,b"] {
            assert!(Standing::new(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_an_answer_says_itself_stands_alone() {
        let own = |name: &str, value: &str| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        let mut headers = HeaderMap::from_iter([
            own("cache-control", "public, max-age=3600"),
            own("cross-origin-resource-policy", "cross-origin"),
        ]);
        Standing::new("cdn.asisttr.com").unwrap().dress(&mut headers, true);
        let all = |name: &str| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
        assert_eq!(all("cache-control"), ["public, max-age=3600"]);
        assert_eq!(all("cross-origin-resource-policy"), ["cross-origin"]);
        assert_eq!(all("x-frame-options"), ["DENY"]);
    }
}
