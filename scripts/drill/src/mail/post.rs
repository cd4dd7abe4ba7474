//! Puts mails into the desk's mailbox by LMTP, through restarts of its server: the 250 means that a mail stands there.

use super::letters::{Letter, Sort};
use anyhow::ensure;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long a mail is tried.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);

pub struct Lmtp {
    port: u16,
    mailbox: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Lmtp {
    pub fn new(port: u16, mailbox: &str) -> Self {
        Self { port, mailbox: mailbox.to_owned(), stream: None }
    }

    /// Delivers a mail until its 250 is heard. False if it is not certain how often it stands there: one without a
    /// Message-ID is another mail when it is delivered again.
    pub async fn deliver(&mut self, letter: &Letter) -> anyhow::Result<bool> {
        let since = Instant::now();
        let times = if letter.sort == Sort::Twice { 2 } else { 1 };
        for _ in 0..times {
            while let Err(error) = self.once(letter).await {
                self.stream = None;
                if letter.sort == Sort::Unnamed {
                    return Ok(false);
                }
                ensure!(since.elapsed() < PATIENCE, "the mailbox takes no mail: {error:#}");
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(true)
    }

    async fn once(&mut self, letter: &Letter) -> anyhow::Result<()> {
        if self.stream.is_none() {
            self.stream = Some(BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).await?));
            self.expect("220").await?;
            self.say("LHLO drill.test\r\n", "250").await?;
        }
        // The server writes it down as Return-Path, and somebody without a From would be known by it.
        let from = if letter.sort == Sort::Senderless { "" } else { "gonderen@drill.test" };
        self.say(&format!("MAIL FROM:<{from}> BODY=8BITMIME\r\n"), "250").await?;
        self.say(&format!("RCPT TO:<{}>\r\n", self.mailbox), "250").await?;
        self.say("DATA\r\n", "354").await?;
        self.say(&format!("{}\r\n.\r\n", letter.raw), "250").await
    }

    async fn say(&mut self, text: &str, code: &str) -> anyhow::Result<()> {
        let Some(stream) = &mut self.stream else { anyhow::bail!("not connected") };
        stream.get_mut().write_all(text.as_bytes()).await?;
        self.expect(code).await
    }

    async fn expect(&mut self, code: &str) -> anyhow::Result<()> {
        let Some(stream) = &mut self.stream else { anyhow::bail!("not connected") };
        loop {
            let mut line = String::new();
            tokio::time::timeout(ANSWER_MAX, stream.read_line(&mut line)).await??;
            ensure!(line.starts_with(code), "LMTP answered {line:?}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}
