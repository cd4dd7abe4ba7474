//! What stands in front of every route: the request's name, its version of the API, the page it comes from, its limits,
//! a place among the running ones, a time limit, and an answer even when a handler panics; and on the way out the
//! headers of every answer. One layer, so that a request pays for it once.
//!
//! What has to be done before routing, spelling paths and taking versions out of them, is done by [`paths`] and
//! [`version`] where the request arrives.

pub mod address;
mod compress;
pub mod cors;
pub mod etag;
mod headers;
pub mod leftover;
pub mod limiter;
pub mod limits;
pub mod load;
pub mod paths;
pub mod request_id;
mod settings;
pub mod version;

pub use settings::Settings;

use crate::error::{ApiError, Cause, Family, Unsaid};
use crate::state::State;
use address::Peer;
use axum::extract::{MatchedPath, Request, State as Extract};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cors::{Call, Cors, Page, Registered};
use futures::FutureExt;
use headers::Standing;
use limiter::Quota;
use request_id::RequestId;
use schema::pool::Db;
use schema::tickets::Origin;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::{Duration, Instant};

/// What the guard knows from the start, and what it keeps.
pub struct Guard {
    pub cors: Cors,
    standing: Standing,
}

impl Guard {
    /// # Errors
    /// A setting that cannot be used.
    pub fn new(settings: &Settings, db: Db) -> anyhow::Result<Self> {
        Ok(Self {
            cors: Cors::new(&settings.cors_origins, Registered::new(db)),
            standing: Standing::new(&settings.cdn_host)?,
        })
    }
}

/// What is known of a request before anything of it was believed.
#[derive(Clone, Debug)]
pub struct Visit {
    pub request_id: RequestId,
    /// The client's, not a trusted proxy's.
    pub address: IpAddr,
    /// The connection's other end.
    pub peer: IpAddr,
}

impl Visit {
    fn of(request: &Request, state: &State) -> Self {
        let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
        Self {
            request_id: RequestId::of(request.headers()),
            address: address::client(request.headers(), peer, &state.config.trusted_proxies),
            peer,
        }
    }

    /// For the audit log and for following what the request causes.
    pub fn origin(&self, user_agent: Option<String>) -> Origin {
        Origin {
            ip_address: Some(self.address),
            user_agent,
            trace_id: Some(self.request_id.as_str().to_owned()),
            worker: None,
        }
    }
}

/// The layer.
pub async fn stand(Extract(state): Extract<State>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let visit = Visit::of(&request, &state);
    let asked = Asked::of(&request);
    let seen = Seen { method: request.method().clone(), route: request.extensions().get().cloned() };
    let place =
        if is_for_operators(request.uri().path()) { Some(None) } else { state.load.enter().map(Some) };
    request.extensions_mut().insert(visit.clone());
    let mut page = None;
    let answered = match place {
        Some(_place) => {
            // Pinned here: moved along, it would take its room again at each step.
            let work = pin!(pass(&state, &visit, &asked, &mut page, request, next));
            bounded(work, state.config.request_timeout()).await
        }
        None => Err(ApiError::Busy),
    };
    let response = answered.unwrap_or_else(IntoResponse::into_response);
    let mut response = asked.dress(&state, &visit, page, response);
    seen.note(&visit, &mut response, started);
    compress::compress(response, asked.takes_gzip)
}

/// Lets the request through to its route, unless its version, its page or a limit is against it.
async fn pass(
    state: &State,
    visit: &Visit,
    asked: &Asked,
    page: &mut Option<Page>,
    request: Request,
    next: Next,
) -> Response {
    let refuse = |error: ApiError| error.answer(asked.native());
    if asked.is_api
        && let Err(error) = version::check(request.extensions(), request.headers())
    {
        return refuse(error);
    }
    let call = Call::of(&request);
    if asked.concerns_pages {
        match state.guard.cors.page(state, call).await {
            Ok(found) => *page = Some(found),
            Err(error) => return refuse(error),
        }
        if call.is_preflight() && *page != Some(Page::Near) {
            return cors::preflight(call.headers);
        }
    }
    limits::limited(state, visit, request, |request| next.run(request)).await
}

/// What the answer's dress depends on, read before the request is handed over.
struct Asked {
    family: Family,
    is_api: bool,
    concerns_pages: bool,
    origin: Option<HeaderValue>,
    takes_gzip: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let (path, headers) = (request.uri().path(), request.headers());
        Self {
            family: Family::of(path, headers),
            is_api: path.starts_with("/api"),
            concerns_pages: Call::of(request).concerns_pages(),
            origin: headers.get(header::ORIGIN).cloned(),
            takes_gzip: compress::is_welcome(headers),
        }
    }

    /// What the guard itself refuses is said in the words of most routes, whatever the route.
    fn native(&self) -> Family {
        let (Family::Native(language) | Family::Support(language)) = self.family;
        Family::Native(language)
    }

    /// Says an error that was not said yet, and puts on the headers that every answer wears.
    fn dress(&self, state: &State, visit: &Visit, page: Option<Page>, mut response: Response) -> Response {
        let quota = response.extensions_mut().remove::<Quota>();
        if let Some(error) = response.extensions_mut().remove::<Unsaid>() {
            let mut kept = std::mem::take(response.headers_mut());
            kept.remove(header::CONTENT_LENGTH);
            response = error.say(self.family).unwrap_or(response);
            response.headers_mut().extend(kept);
        }
        let headers = response.headers_mut();
        state.guard.standing.dress(headers, self.is_api);
        headers.insert(request_id::HEADER, visit.request_id.header());
        if let Some(quota) = quota {
            quota.tell(headers);
        }
        if self.concerns_pages {
            cors::tell(headers, page, self.origin.as_ref());
        }
        response
    }
}

/// Whoever watches a busy edge must still be answered.
fn is_for_operators(path: &str) -> bool {
    path.starts_with("/health") || path == "/metrics"
}

/// An answer in time, whatever the work does.
async fn bounded(work: impl Future<Output = Response>, patience: Duration) -> Result<Response, ApiError> {
    match tokio::time::timeout(patience, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => Err(ApiError::Fault(anyhow::anyhow!("a handler panicked; its message is on stderr"))),
        Err(_) => Err(ApiError::TooSlow),
    }
}

/// What is counted and logged of a request.
struct Seen {
    method: Method,
    route: Option<MatchedPath>,
}

impl Seen {
    fn note(self, visit: &Visit, response: &mut Response, started: Instant) {
        let (took, status) = (started.elapsed(), response.status());
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let method = known(&self.method);
        metrics::histogram!("asisttr_http_request_seconds", "route" => route.to_owned(), "method" => method,
            "status" => status.as_str().to_owned())
        .record(took.as_secs_f64());
        let (request_id, duration_ms) = (visit.request_id.as_str(), took.as_millis() as u64);
        if let Some(Cause(cause)) = response.extensions_mut().remove() {
            tracing::error!(
                request_id,
                method,
                route,
                status = status.as_u16(),
                duration_ms,
                cause = format!("{cause:#}"),
                "request failed"
            );
        } else {
            tracing::debug!(
                request_id,
                method,
                route,
                status = status.as_u16(),
                duration_ms,
                "request answered"
            );
        }
    }
}

/// A client may invent methods; a metric must not grow with them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[tokio::test]
    async fn a_handler_that_panics_or_never_ends_is_answered_all_the_same() {
        let patience = Duration::from_secs(5);
        let answer = bounded(async { panic!("bozuk") }, patience)
            .await
            .unwrap_err()
            .answer(Family::Native(Language::Tr));
        assert_eq!(answer.status(), 500);
        let answer = bounded(std::future::pending(), Duration::ZERO)
            .await
            .unwrap_err()
            .answer(Family::Native(Language::Tr));
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    }
}
