//! What a request says of the page it comes from. Pure.

use super::Origin;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};

const SOCKETS: &str = "/socket.io";

/// A request without its body.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub headers: &'a HeaderMap,
}

impl<'a> Call<'a> {
    #[must_use]
    pub fn of(request: &'a Request) -> Self {
        Self { method: request.method(), path: request.uri().path(), headers: request.headers() }
    }

    /// Whether pages elsewhere have any business with the path: files, and what operators ask, are not judged.
    #[must_use]
    pub fn concerns_pages(self) -> bool {
        ["/api", SOCKETS, "/upload"].into_iter().any(|root| self.path.starts_with(root))
    }

    #[must_use]
    pub fn is_from_a_page(self) -> bool {
        self.headers.contains_key(header::ORIGIN)
    }

    /// Every `OPTIONS` of a page is taken for a preflight.
    #[must_use]
    pub fn is_preflight(self) -> bool {
        self.method == Method::OPTIONS && self.is_from_a_page()
    }

    pub(super) fn origin_text(self) -> Option<&'a str> {
        self.headers.get(header::ORIGIN)?.to_str().ok()
    }

    /// None if it is none, such as `null`.
    pub(super) fn origin(self) -> Option<Origin> {
        self.origin_text()?.parse().ok()
    }

    /// A page that the edge itself served: its address is where the request went.
    pub(super) fn is_from_ours(self, origin: &Origin) -> bool {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let ours = format!("{}://{host}", origin.scheme()).parse();
        ours.is_ok_and(|ours: Origin| ours == *origin)
    }

    /// A browser sends some requests of foreign pages without `Origin`: images, frames, links. They could use up the
    /// failed log-ins of whoever looks at the page, so they do not reach the log-in.
    pub(super) fn is_smuggled(self) -> bool {
        let site = self.headers.get("sec-fetch-site").map(|value| value.as_bytes());
        site == Some(b"cross-site") && self.path.starts_with("/api/auth")
    }

    /// A preflight names no site, and a socket names it in its first message.
    pub(super) fn is_for_a_site(self) -> bool {
        !self.is_preflight() && !self.path.starts_with(SOCKETS)
    }

    /// A log-in does not travel with a site's pages, unless they show the site's key.
    pub(super) fn carries_a_log_in(self) -> bool {
        self.headers.contains_key(header::AUTHORIZATION) && !self.headers.contains_key("x-api-key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &[(&'static str, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn call<'a>(path: &'a str, headers: &'a HeaderMap) -> Call<'a> {
        Call { method: &Method::GET, path, headers }
    }

    #[test]
    fn a_page_of_the_edge_itself_is_told_by_where_the_request_went() {
        let ours = |origin: &str, host: &str| {
            call("/", &sent(&[("host", host)])).is_from_ours(&origin.parse().unwrap())
        };
        assert!(ours("http://127.0.0.1:4000", "127.0.0.1:4000"));
        assert!(ours("https://desk.example.com", "Desk.Example.com"));
        assert!(ours("https://desk.example.com", "desk.example.com:443"));
        assert!(!ours("http://127.0.0.1:4001", "127.0.0.1:4000"));
        assert!(!ours("https://example.com", "desk.example.com") && !ours("https://a.co", ""));
    }

    #[test]
    fn a_foreign_page_cannot_fail_log_ins_for_who_looks_at_it() {
        let smuggled = |path: &str, site: &str| call(path, &sent(&[("sec-fetch-site", site)])).is_smuggled();
        assert!(smuggled("/api/auth/me", "cross-site"));
        assert!(!smuggled("/api/auth/me", "same-origin") && !smuggled("/api/tickets", "cross-site"));
        assert!(!call("/api/auth/me", &HeaderMap::new()).is_smuggled());
    }

    #[test]
    fn a_log_in_needs_a_key_beside_it_to_come_from_a_sites_page() {
        let carries = |headers: &[(&'static str, &str)]| call("/", &sent(headers)).carries_a_log_in();
        assert!(carries(&[("authorization", "Bearer t")]));
        assert!(carries(&[("authorization", "Bearer t"), ("x-site-id", "s")]));
        assert!(!carries(&[]) && !carries(&[("x-api-key", "k"), ("authorization", "Bearer t")]));
    }
}
