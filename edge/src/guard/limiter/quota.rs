//! What is left of a limit, and the headers that say so (B22-18).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
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

const LIMIT: [HeaderName; 2] = names("x-ratelimit-limit", "ratelimit-limit");
const REMAINING: [HeaderName; 2] = names("x-ratelimit-remaining", "ratelimit-remaining");
const RESET: [HeaderName; 2] = names("x-ratelimit-reset", "ratelimit-reset");

const fn names(old: &'static str, new: &'static str) -> [HeaderName; 2] {
    [HeaderName::from_static(old), HeaderName::from_static(new)]
}

impl Quota {
    /// Whole seconds until the window closes, at least one.
    #[must_use]
    pub fn wait_seconds(&self) -> u64 {
        (self.closes_in.as_millis().div_ceil(1000).max(1)).try_into().unwrap_or(u64::MAX)
    }

    /// Writes the headers under both names in use. `X-RateLimit-Reset` is a time, in seconds since 1970;
    /// `RateLimit-Reset` counts the seconds from now, as its draft standard has it.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let now = u64::try_from(Utc::now().timestamp()).unwrap_or_default();
        let reset = now.saturating_add(self.wait_seconds());
        for name in LIMIT {
            headers.insert(name, HeaderValue::from(self.requests_max));
        }
        for name in REMAINING {
            headers.insert(name, HeaderValue::from(self.requests_left));
        }
        for (name, seconds) in RESET.into_iter().zip([reset, self.wait_seconds()]) {
            headers.insert(name, HeaderValue::from(seconds));
        }
        if self.exceeded {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.wait_seconds()));
        }
    }

    /// Of two limits the one that is nearer.
    #[must_use]
    pub fn tighter(self, other: Quota) -> Quota {
        let is_nearer = (other.exceeded, self.requests_left) > (self.exceeded, other.requests_left);
        if is_nearer { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(left: u32, exceeded: bool) -> Quota {
        Quota { requests_max: 9, requests_left: left, closes_in: Duration::from_millis(1500), exceeded }
    }

    #[test]
    fn both_spellings_say_the_same() {
        let mut headers = HeaderMap::new();
        quota(3, false).tell(&mut headers);
        let number = |name: &str| headers[name].to_str().unwrap().parse::<i64>().unwrap();
        assert_eq!((number("x-ratelimit-limit"), number("ratelimit-limit")), (9, 9));
        assert_eq!((number("x-ratelimit-remaining"), number("ratelimit-remaining")), (3, 3));
        assert_eq!(number("ratelimit-reset"), 2);
        assert!((number("x-ratelimit-reset") - Utc::now().timestamp() - 2).abs() <= 1);
        assert!(!headers.contains_key("retry-after"));
        quota(0, true).tell(&mut headers);
        assert_eq!(headers["retry-after"], "2");
        assert_eq!(headers.len(), 7);
    }

    #[test]
    fn the_nearer_of_two_limits_is_told() {
        assert_eq!(quota(5, false).tighter(quota(2, false)), quota(2, false));
        assert_eq!(quota(2, false).tighter(quota(5, false)), quota(2, false));
        assert_eq!(quota(0, false).tighter(quota(0, true)), quota(0, true));
        assert_eq!(quota(0, true).tighter(quota(0, false)), quota(0, true));
    }
}
