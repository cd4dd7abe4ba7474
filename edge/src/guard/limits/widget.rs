//! Widgets of many visitors may sit behind one address: each visitor is counted apart. The address is counted as
//! well, since a client can make up as many visitors as it likes.

use super::Visit;
use crate::guard::limiter::{Quota, Rule, Who};
use crate::state::State;
use axum::http::{HeaderMap, header};
use std::time::Duration;

const API_KEY: &str = "x-api-key";
const VISITOR: &str = "x-visitor-id";
const MINUTE: Duration = Duration::from_secs(60);
const VISITORS_PER_ADDRESS: u32 = 10;

/// Whether a widget calls, and not somebody who is signed in.
pub fn is_one(headers: &HeaderMap) -> bool {
    headers.contains_key(API_KEY) && !headers.contains_key(header::AUTHORIZATION)
}

/// Counts the request; the nearer of both limits.
pub async fn take(state: &State, headers: &HeaderMap, visit: &Visit) -> Option<Quota> {
    let requests_max = state.config.guard.widget_rate_limit_max;
    let visitors = Rule { name: "visitor", requests_max, window: MINUTE };
    let addresses = Rule {
        name: "widget",
        requests_max: requests_max.saturating_mul(VISITORS_PER_ADDRESS),
        window: MINUTE,
    };
    let text = |name| headers.get(name).map_or(&[][..], |value| value.as_bytes());
    let visitor = Who::visitor(text(API_KEY), text(VISITOR), visit.address);
    let one = state.limiter.take(visitors, visitor).await?;
    if one.exceeded {
        return Some(one);
    }
    let all = state.limiter.take(addresses, visit.address).await?;
    Some(one.tighter(all))
}
