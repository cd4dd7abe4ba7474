//! Waits of a random length, so that samples fall in step with no interval of what is measured.

use std::time::Duration;

/// Waits at least `from_ms` and less than `below_ms` milliseconds.
pub async fn between(from_ms: u64, below_ms: u64) {
    tokio::time::sleep(length(from_ms, below_ms, uuid::Uuid::new_v4().as_u128())).await;
}

/// Of microseconds, so that every phase of an interval is met.
fn length(from_ms: u64, below_ms: u64, random: u128) -> Duration {
    let span_us = u128::from(below_ms.saturating_sub(from_ms).max(1)) * 1000;
    Duration::from_millis(from_ms) + Duration::from_micros((random % span_us) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_stays_between_its_bounds() {
        assert_eq!(length(8, 16, 0), Duration::from_millis(8));
        assert_eq!(length(8, 16, 7_999), Duration::from_micros(15_999));
        assert_eq!(length(8, 16, 8_000), Duration::from_millis(8));
        assert!(length(8, 8, u128::MAX) < Duration::from_millis(9));
    }
}
