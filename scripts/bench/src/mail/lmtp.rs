//! Puts mails into a mailbox by LMTP: the server's 250 means that the mail stands there.

use anyhow::{Context, ensure};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

/// One connection, over which many mails go to one mailbox.
pub struct Lmtp {
    stream: BufReader<TcpStream>,
    recipient: String,
}

impl Lmtp {
    /// # Errors
    /// The server does not greet.
    pub async fn connect(port: u16, recipient: &str) -> anyhow::Result<Self> {
        let stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?);
        stream.get_ref().set_nodelay(true)?;
        let mut lmtp = Self { stream, recipient: recipient.to_owned() };
        lmtp.expect("220").await?;
        lmtp.say(b"LHLO localhost\r\n", "250").await?;
        Ok(lmtp)
    }

    /// Delivers one mail, whose lines end in CRLF.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn deliver(&mut self, raw: &[u8]) -> anyhow::Result<()> {
        self.say(b"MAIL FROM:<bench@ornek.com> BODY=8BITMIME\r\n", "250").await?;
        let recipient = format!("RCPT TO:<{}>\r\n", self.recipient);
        self.say(recipient.as_bytes(), "250").await?;
        self.say(b"DATA\r\n", "354").await?;
        self.say(&[&stuffed(raw), b"\r\n.\r\n".as_slice()].concat(), "250").await
    }

    async fn say(&mut self, bytes: &[u8], code: &str) -> anyhow::Result<()> {
        self.stream.get_mut().write_all(bytes).await?;
        self.expect(code).await
    }

    /// Reads one reply, of several lines perhaps.
    async fn expect(&mut self, code: &str) -> anyhow::Result<()> {
        loop {
            let mut line = String::new();
            timeout(PATIENCE, self.stream.read_line(&mut line)).await.context("LMTP gave no answer")??;
            ensure!(line.starts_with(code), "LMTP answered {line:?}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}

/// A line that begins with a dot gets a second one.
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 16);
    for (place, byte) in raw.iter().enumerate() {
        let begins = place == 0 || raw[place - 1] == b'\n';
        if begins && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_gets_another() {
        assert_eq!(stuffed(b".a\r\n.\r\nb.\r\n"), b"..a\r\n..\r\nb.\r\n");
    }
}
