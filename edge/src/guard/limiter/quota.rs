//! What is left of a limit, and the headers that say so (B22-18).

use axum::http::{HeaderMap, HeaderValue};
use chrono::Utc;
use std::time::Duration;

/// Where a client stands within its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub requests_max: u32,
    pub requests_left: u32,
    pub closes_in: Duration,
    pub exceeded: bool,
}

impl Quota {
    /// Whole seconds until the window closes, at least one.
    pub fn wait_seconds(&self) -> u64 {
        (self.closes_in.as_millis().div_ceil(1000).max(1)).try_into().unwrap_or(u64::MAX)
    }

    /// Writes the `X-RateLimit-…` headers.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let reset =
            u64::try_from(Utc::now().timestamp()).unwrap_or_default().saturating_add(self.wait_seconds());
        headers.insert("x-ratelimit-limit", HeaderValue::from(self.requests_max));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(self.requests_left));
        headers.insert("x-ratelimit-reset", HeaderValue::from(reset));
    }
}
