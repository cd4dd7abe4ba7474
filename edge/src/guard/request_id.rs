//! The name under which a request is followed through logs, audit entries and jobs.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const CHARS_MAX: usize = 64;

/// The client's own id where it is sane, else a fresh one.
#[derive(Clone, Debug)]
pub struct RequestId(HeaderValue);

impl RequestId {
    pub fn of(headers: &HeaderMap) -> Self {
        let sent = headers.get(HEADER).filter(|value| is_sane(value.as_bytes()));
        Self(sent.cloned().unwrap_or_else(fresh))
    }

    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// What is echoed and logged must not carry anything but a name.
fn is_sane(value: &[u8]) -> bool {
    (1..=CHARS_MAX).contains(&value.len())
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn fresh() -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let id: &str = Uuid::now_v7().simple().encode_lower(&mut buffer);
    HeaderValue::from_str(id).expect("hex digits are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sent: &str) -> RequestId {
        RequestId::of(&HeaderMap::from_iter([(HEADER, sent.parse().unwrap())]))
    }

    #[test]
    fn a_sane_id_is_kept_and_any_other_is_replaced() {
        for kept in ["a", "3f2c-x_1.b", &"x".repeat(64)] {
            assert_eq!(of(kept).as_str(), kept);
        }
        for replaced in ["", "a b", "a\"b", "ş", &"x".repeat(65)] {
            assert_eq!(of(replaced).as_str().len(), 32, "{replaced:?}");
        }
    }
}
