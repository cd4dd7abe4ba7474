//! What stands in front of every route: the request's name, a place among the running ones, a time limit, and an
//! answer even when a handler panics. One layer, so that a request pays for it once.

pub mod address;
pub mod cors {
    mod origin;
    pub use origin::Origin;
}
pub mod limiter;
pub mod load;
pub mod paths;
pub mod request_id;

use crate::error::{ApiError, Cause, Family, Unsaid};
use crate::state::State;
use address::Peer;
use axum::extract::{MatchedPath, Request, State as Extract};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use request_id::RequestId;
use schema::tickets::Origin;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

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
    let family = Family::of(request.uri().path(), request.headers());
    let seen = Seen { method: request.method().clone(), route: request.extensions().get().cloned() };
    let place =
        if is_for_operators(request.uri().path()) { Some(None) } else { state.load.enter().map(Some) };
    request.extensions_mut().insert(visit.clone());
    let mut response = match place {
        Some(_place) => {
            let ran = bounded(next.run(request), state.config.request_timeout()).await;
            ran.unwrap_or_else(|error| error.answer(family))
        }
        None => ApiError::Busy.answer(family),
    };
    if let Some(error) = response.extensions_mut().remove::<Unsaid>() {
        response = error.say(family).unwrap_or(response);
    }
    response.headers_mut().insert(request_id::HEADER, visit.request_id.header());
    seen.note(&visit, &mut response, started);
    response
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
        let answer = bounded(async { panic!("bozuk") }, patience).await.unwrap_err().answer(Family::Native(Language::Tr));
        assert_eq!(answer.status(), 500);
        let answer =
            bounded(std::future::pending(), Duration::ZERO).await.unwrap_err().answer(Family::Native(Language::Tr));
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    }
}
