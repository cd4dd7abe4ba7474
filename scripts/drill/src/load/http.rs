//! The least of HTTP/1.1 a client needs: one request per connection, the status of its answer.
//!
//! Written out here because the drill must know whether an answer was heard whole, and must not have a library
//! repeat anything behind its back.

use crate::stage::Desk;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANSWER_MAX: Duration = Duration::from_secs(15);
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// An answer whose head arrived whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub status: u16,
}

/// None if no answer was heard: then nobody knows.
pub async fn post(desk: &Desk, path: &str, key: &str, body: &str) -> Option<Heard> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n\
         X-API-Key: {}\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n",
        desk.widget_key,
        body.len()
    );
    exchange(desk.edge_port, head + body).await
}

pub async fn get(port: u16, path: &str) -> Option<Heard> {
    exchange(port, format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")).await
}

async fn exchange(port: u16, request: String) -> Option<Heard> {
    let talk = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        // What was read before a broken end still counts.
        let _ = stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await;
        std::io::Result::Ok(answer)
    };
    parse(&tokio::time::timeout(ANSWER_MAX, talk).await.ok()?.ok()?)
}

fn parse(answer: &[u8]) -> Option<Heard> {
    let text = String::from_utf8_lossy(answer);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Heard { status })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_only_when_its_head_is_whole() {
        assert_eq!(parse(b"HTTP/1.1 201 Created\r\nX: y\r\n\r\n{"), Some(Heard { status: 201 }));
        assert_eq!(parse(b"HTTP/1.1 201 Created\r\nX: y\r\n"), None);
        assert_eq!(parse(b""), None);
    }
}
