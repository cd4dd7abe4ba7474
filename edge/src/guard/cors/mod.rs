//! Which pages may call us (B22-08…11, B12-80).
//!
//! - Our own, listed in `CORS_ORIGINS`: every route, with credentials.
//! - Those of a site's own domains, registered with the site: what needs nobody signed in, for that site, without
//!   credentials.
//! - The edge's own pages, and whatever sends no `Origin` because it is no page: nothing to decide.
//!
//! Any other page is refused before anything is done or counted. A preflight cannot say which site it is for, since it
//! carries no key: it is allowed to pages that any site registered, and the request behind it is judged by its site.

mod origin;
mod registered;
mod tell;

pub use origin::{NotAnOrigin, Origin};
pub use registered::Registered;

use crate::auth::{Credentials, Door};
use crate::error::ApiError;
use crate::state::State;
use crate::text::Text;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use std::collections::HashSet;

/// One sentence in both languages: clients look for it.
const VIOLATION: Text = Text::new("CORS policy violation", "CORS policy violation");

/// The origins that are known.
pub struct Cors {
    own: HashSet<Origin>,
    registered: Registered,
}

/// What is known of the page that calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Of the edge itself, or no page at all.
    Near,
    /// One of our own elsewhere.
    Own,
    /// Of a site's domain.
    Registered,
}

impl Cors {
    #[must_use]
    pub fn new(own: &[Origin], registered: Registered) -> Self {
        Self { own: own.iter().cloned().collect(), registered }
    }

    /// Who calls, by what memory knows.
    ///
    /// # Errors
    /// A foreign page.
    pub async fn page(&self, request: &Request) -> Result<Page, ApiError> {
        let headers = request.headers();
        let Some(sent) = headers.get(header::ORIGIN) else {
            return if is_smuggled(request) { Err(violation()) } else { Ok(Page::Near) };
        };
        let origin = sent.to_str().ok().and_then(|text| text.parse::<Origin>().ok()).ok_or_else(violation)?;
        if self.own.contains(&origin) {
            return Ok(Page::Own);
        }
        if is_ours(&origin, headers) {
            return Ok(Page::Near);
        }
        if self.registered.by_any(&origin).await { Ok(Page::Registered) } else { Err(violation()) }
    }

    /// Lets a registered page through to its own site only.
    ///
    /// # Errors
    /// The site of the request did not register the page, or somebody's log-in is used from it.
    pub async fn admit(&self, page: Page, request: &Request, state: &State) -> Result<(), ApiError> {
        // A socket names its site in its first message.
        if page != Page::Registered || request.uri().path().starts_with(SOCKETS) {
            return Ok(());
        }
        let headers = request.headers();
        let origin = headers.get(header::ORIGIN).and_then(|sent| sent.to_str().ok()?.parse::<Origin>().ok());
        let (Some(origin), true) = (origin, names_a_site(headers)) else { return Err(violation()) };
        let site = Credentials::of(headers, Door::Public)?.site(state).await;
        match site {
            Ok(site) if self.registered.by_site(&origin, site.id) => Ok(()),
            Err(error @ (ApiError::Busy | ApiError::Fault(_))) => Err(error),
            _ => Err(violation()),
        }
    }
}

const SOCKETS: &str = "/socket.io";

/// Whether pages elsewhere have any business with a path: files and what operators ask are not for them to judge.
#[must_use]
pub fn concerns(path: &str) -> bool {
    ["/api", SOCKETS, "/upload"].into_iter().any(|root| path.starts_with(root))
}

/// Every `OPTIONS` of a page is taken for a preflight.
#[must_use]
pub fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ORIGIN)
}

/// A page that the edge itself served: its address is where the request went.
fn is_ours(origin: &Origin, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = origin.as_str().split("://").next().unwrap_or_default();
    format!("{scheme}://{host}").parse::<Origin>().is_ok_and(|ours| ours == *origin)
}

/// A browser sends some requests of foreign pages without `Origin`: images, frames, links. They could use up the failed
/// log-ins of whoever looks at the page, so they do not reach the log-in.
fn is_smuggled(request: &Request) -> bool {
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    site == Some(b"cross-site") && request.uri().path().starts_with("/api/auth")
}

/// A log-in does not travel with a site's pages, unless they show the site's key.
fn names_a_site(headers: &HeaderMap) -> bool {
    headers.contains_key("x-api-key") || !headers.contains_key(header::AUTHORIZATION)
}

fn violation() -> ApiError {
    ApiError::Said(StatusCode::FORBIDDEN, VIOLATION)
}

pub use tell::{preflight, tell};

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(path: &str, headers: &[(&'static str, &str)]) -> Request {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn a_page_of_the_edge_itself_is_told_by_where_the_request_went() {
        let ours = |origin: &str, host: &str| {
            is_ours(&origin.parse().unwrap(), request("/", &[("host", host)]).headers())
        };
        assert!(ours("http://127.0.0.1:4000", "127.0.0.1:4000"));
        assert!(ours("https://desk.example.com", "Desk.Example.com"));
        assert!(ours("https://desk.example.com", "desk.example.com:443"));
        assert!(!ours("http://127.0.0.1:4001", "127.0.0.1:4000"));
        assert!(!ours("https://example.com", "desk.example.com") && !ours("https://a.co", ""));
    }

    #[test]
    fn a_foreign_page_cannot_fail_log_ins_for_who_looks_at_it() {
        let smuggled = |path: &str, site: &str| is_smuggled(&request(path, &[("sec-fetch-site", site)]));
        assert!(smuggled("/api/auth/me", "cross-site"));
        assert!(!smuggled("/api/auth/me", "same-origin") && !smuggled("/api/tickets", "cross-site"));
        assert!(!is_smuggled(&request("/api/auth/me", &[])));
    }

    #[test]
    fn a_log_in_needs_a_key_beside_it_to_come_from_a_sites_page() {
        let named = |headers: &[(&'static str, &str)]| names_a_site(request("/", headers).headers());
        assert!(named(&[]) && named(&[("x-api-key", "k"), ("authorization", "Bearer t")]));
        assert!(!named(&[("authorization", "Bearer t")]));
        assert!(!named(&[("authorization", "Bearer t"), ("x-site-id", "s")]));
    }
}
