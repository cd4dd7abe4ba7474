//! A second client that waits in IDLE: it only notes when the server tells of a new mail.

use super::desk::Desk;
use anyhow::{Context, ensure};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

const PATIENCE: Duration = Duration::from_secs(30);
const NOTICES_MAX: usize = 1024;

type Stream = BufReader<TcpStream>;

/// A connection in IDLE; ends with this value.
pub struct Idle {
    notices: mpsc::Receiver<Instant>,
    _listening: AbortOnDropHandle<()>,
}

impl Idle {
    /// Logs in and waits.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn start(desk: &Desk) -> anyhow::Result<Self> {
        let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", u16::try_from(desk.port)?)).await?);
        until(&mut stream, "* OK").await?;
        let log_in =
            format!("a LOGIN \"{}\" \"{}\"\r\nb EXAMINE INBOX\r\nc IDLE\r\n", desk.account, desk.password);
        stream.get_mut().write_all(log_in.as_bytes()).await?;
        until(&mut stream, "b OK").await?;
        until(&mut stream, "+").await?;
        let (notes, notices) = mpsc::channel(NOTICES_MAX);
        Ok(Self { notices, _listening: AbortOnDropHandle::new(tokio::spawn(listen(stream, notes))) })
    }

    /// When the server told of the next mail.
    ///
    /// # Errors
    /// Not within half a minute.
    pub async fn told(&mut self) -> anyhow::Result<Instant> {
        let told = timeout(PATIENCE, self.notices.recv()).await.context("IDLE told of no mail")?;
        told.context("the server ended IDLE")
    }
}

async fn listen(mut stream: Stream, notes: mpsc::Sender<Instant>) {
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        if line.trim_end().ends_with("EXISTS") && notes.send(Instant::now()).await.is_err() {
            return;
        }
        line.clear();
    }
}

/// Reads lines up to one that begins so.
async fn until(stream: &mut Stream, start: &str) -> anyhow::Result<()> {
    loop {
        let mut line = String::new();
        let bytes = timeout(PATIENCE, stream.read_line(&mut line)).await.context("IMAP gave no answer")??;
        let refused = [" NO ", " BAD "].iter().any(|word| line.contains(word));
        ensure!(bytes > 0 && !refused, "IMAP answered {line:?}");
        if line.starts_with(start) {
            return Ok(());
        }
    }
}
