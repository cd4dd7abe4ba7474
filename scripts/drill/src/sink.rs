//! The SMTP server that takes what AsistTR sends, and writes down every mail it accepted.
//!
//! What stands here has left the house: it cannot be taken back, so it is the last word on what was doubled. A mail
//! counts from the moment before its 250 is sent; a sender that dies in between has sent it all the same.

use crate::faults::{Fault, Faults, HANG};
use crate::intents;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// Before the 250, so that there is a moment in which a sender can die with its mail under way.
const THINKS_MS: std::ops::Range<u64> = 5..60;
const IDLE_MAX: Duration = Duration::from_secs(120);
const MAIL_BYTES_MAX: usize = 1 << 20;

/// One accepted mail.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub message_id: String,
    /// None for a mail to somebody who asked for nothing.
    pub intent: Option<Uuid>,
    pub at: Instant,
}

#[derive(Clone)]
pub struct Sink {
    port: u16,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    faults: Faults,
}

impl Sink {
    /// Listens on a free port of loopback until the runtime ends.
    pub async fn open(seed: u64) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sink =
            Self { port: listener.local_addr()?.port(), accepted: Arc::default(), faults: Faults::default() };
        let (accepted, mut random) = (sink.accepted.clone(), StdRng::seed_from_u64(seed));
        let faults = sink.faults.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (accepted, random) = (accepted.clone(), StdRng::seed_from_u64(random.random()));
                let faults = faults.clone();
                tokio::spawn(async move {
                    // A sender that goes away in mid-sentence is what the drill is about.
                    let _ = Session::new(stream, accepted, faults, random).run().await;
                });
            }
        });
        Ok(sink)
    }

    /// What goes wrong here; nothing unless it is switched on.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many mails were accepted within `from..=to`.
    pub fn accepted_between(&self, from: Instant, to: Instant) -> usize {
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.iter().rev().take_while(|mail| mail.at >= from).filter(|mail| mail.at <= to).count()
    }
}

struct Session {
    lines: BufReader<OwnedReadHalf>,
    answers: OwnedWriteHalf,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    random: StdRng,
    faults: Faults,
    fault: Option<Fault>,
    recipient: String,
}

impl Session {
    fn new(stream: TcpStream, accepted: Arc<Mutex<Vec<Accepted>>>, faults: Faults, random: StdRng) -> Self {
        let (read, answers) = stream.into_split();
        let lines = BufReader::new(read);
        Self { lines, answers, accepted, random, faults, fault: None, recipient: String::new() }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.say("220 sink.drill.test ESMTP").await?;
        while let Some(line) = self.line().await? {
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.say("250-sink.drill.test\r\n250-8BITMIME\r\n250 SIZE 1048576").await?,
                "RCPT" => {
                    self.fault = self.faults.draw(&line, &mut self.random);
                    self.recipient = line;
                    self.answer_recipient().await?;
                }
                "DATA" if self.fault == Some(Fault::DropsAtData) => return Ok(()),
                "DATA" => {
                    self.take().await?;
                    if matches!(self.fault, Some(Fault::DropsContent | Fault::DropsAfterTaking)) {
                        return Ok(());
                    }
                }
                "QUIT" => return self.say("221 2.0.0 bye").await,
                "HELO" | "MAIL" | "RSET" | "NOOP" => self.say("250 2.0.0 OK").await?,
                _ => self.say("502 5.5.1 not known here").await?,
            }
        }
        Ok(())
    }

    async fn answer_recipient(&mut self) -> std::io::Result<()> {
        match self.fault {
            Some(Fault::NoSuchAddress) => self.say("550 5.1.1 no such mailbox").await,
            Some(Fault::Busy) => self.say("451 4.3.2 not now").await,
            Some(Fault::Greylisted) => self.say("450 4.2.0 greylisted, try again in 300 seconds").await,
            Some(Fault::HangsAtRecipient) => {
                tokio::time::sleep(HANG).await;
                self.say("250 2.1.5 OK, at last").await
            }
            _ => self.say("250 2.1.5 OK").await,
        }
    }

    async fn take(&mut self) -> std::io::Result<()> {
        self.say("354 go on").await?;
        let (mut message_id, mut in_head, mut bytes) = (String::new(), true, 0);
        loop {
            let Some(line) = self.line().await? else { return Ok(()) };
            bytes += line.len();
            if line == "." {
                break;
            }
            if bytes > MAIL_BYTES_MAX {
                return self.say("552 5.3.4 too large").await;
            }
            in_head &= !line.is_empty();
            if in_head && line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:")) {
                message_id = line[11..].trim().to_owned();
            } else if in_head && message_id.is_empty() && line.trim_start().starts_with('<') {
                // A long id stands folded, on a line of its own.
                message_id = line.trim().to_owned();
            }
        }
        tokio::time::sleep(Duration::from_millis(self.random.random_range(THINKS_MS))).await;
        match self.fault {
            Some(Fault::Full) => return self.say("452 4.2.2 mailbox full").await,
            Some(Fault::DropsContent) => return Ok(()),
            _ => {}
        }
        let intent = intents::named_in(&self.recipient);
        let mail = Accepted { message_id, intent, at: Instant::now() };
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        if self.fault == Some(Fault::DropsAfterTaking) {
            return Ok(());
        }
        self.say("250 2.0.0 accepted").await
    }

    async fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = tokio::time::timeout(IDLE_MAX, self.lines.read_until(b'\n', &mut line)).await??;
        let whole = read > 0 && line.ends_with(b"\n");
        Ok(whole.then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    async fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.answers.write_all(format!("{text}\r\n").as_bytes()).await
    }
}
