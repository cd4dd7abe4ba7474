//! One keep-alive connection that speaks just enough HTTP/1.1 to count answers, so that it takes little CPU time
//! from what it measures.

use anyhow::{Context, bail, ensure};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer takes longer, or the edge is stuck.
const PATIENCE: Duration = Duration::from_secs(30);
const ANSWER_BYTES_MAX: usize = 1 << 20;

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Where an answer's head ends, and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    bytes: usize,
    content_bytes: usize,
}

impl Client {
    /// # Errors
    /// Nobody listens.
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and returns the status of its answer, which is read to its end.
    ///
    /// # Errors
    /// The connection ended, or the answer is not one of an edge.
    pub async fn call(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        timeout(PATIENCE, async {
            self.stream.write_all(request).await?;
            self.answer().await
        })
        .await
        .context("no answer within 30 s")?
    }

    /// The body of the last answer.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        let body = head(&self.buffer)?.map_or(0, |head| head.bytes);
        Ok(serde_json::from_slice(&self.buffer[body..])?)
    }

    /// What the last answer said, for a first look at a refusal.
    pub fn last(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }

    async fn answer(&mut self) -> anyhow::Result<u16> {
        self.buffer.clear();
        loop {
            ensure!(self.buffer.len() < ANSWER_BYTES_MAX, "an answer without end");
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the edge closed the connection");
            }
            if let Some(head) = head(&self.buffer)?
                && self.buffer.len() >= head.bytes + head.content_bytes
            {
                return Ok(head.status);
            }
        }
    }
}

/// None while it is incomplete.
fn head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?.parse()?;
    let mut headers = lines.filter_map(|line| line.split_once(':'));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("an answer without Content-Length")?;
    Ok(Some(Head { status, bytes: end + 4, content_bytes: length.trim().parse()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 5\r\n\r\nmerha";
        let found = Head { status: 201, bytes: answer.len() - 5, content_bytes: 5 };
        assert_eq!(head(answer).unwrap(), Some(found));
        assert_eq!(head(&answer[..30]).unwrap(), None);
        assert!(head(b"HTTP/1.1 201 Created\r\n\r\n").is_err());
    }
}
