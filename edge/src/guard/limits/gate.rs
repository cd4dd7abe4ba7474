//! A limit that is asked for as early and awaited as late as it can be: while Redis counts, the request is read and
//! checked. What writes something passes the [`Gate`] first.

use super::refusal;
use crate::error::ApiError;
use crate::guard::limiter::Quota;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures::FutureExt;
use futures::future::{BoxFuture, Either, Shared, select};
use std::pin::pin;

/// Stands before whatever its request writes.
#[derive(Clone)]
pub struct Gate(Shared<BoxFuture<'static, Option<Quota>>>);

impl Gate {
    /// Waits until the request is counted.
    ///
    /// # Errors
    /// It is past its limit.
    pub async fn pass(&self) -> Result<(), ApiError> {
        match self.0.clone().await {
            Some(quota) if quota.exceeded => Err(ApiError::TooMany { wait_seconds: quota.wait_seconds() }),
            _ => Ok(()),
        }
    }
}

/// Whether reading the request changes nothing: files go to the disk when they find no room in memory.
pub fn is_for(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map_or(&[][..], |value| value.as_bytes());
    !media_type.trim_ascii_start().get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
}

/// Does the work with a [`Gate`] among the request's extensions. Past the limit the work is dropped where it stands,
/// and whatever it would have said, the limit is the answer.
pub async fn while_counted<F: Future<Output = Response>>(
    count: BoxFuture<'static, Option<Quota>>,
    mut request: Request,
    work: impl FnOnce(Request) -> F,
) -> (Response, Option<Quota>) {
    let gate = Gate(count.shared());
    request.extensions_mut().insert(gate.clone());
    let work = pin!(work(request));
    match select(gate.0, work).await {
        Either::Left((Some(quota), _)) if quota.exceeded => (refusal(quota), Some(quota)),
        Either::Left((quota, work)) => (work.await, quota),
        Either::Right((response, counted)) => match counted.await {
            Some(quota) if quota.exceeded => (refusal(quota), Some(quota)),
            quota => (response, quota),
        },
    }
}
