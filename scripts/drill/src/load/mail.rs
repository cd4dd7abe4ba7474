//! A mail into the desk's mailbox, by SMTP to the private mail server.

use crate::intents::{Heard, Intent};
use crate::stage::Desk;
use anyhow::ensure;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const MAIL_MAX: Duration = Duration::from_secs(30);

/// Sent once: a mail repeated after an unheard answer would be another mail.
pub async fn send(desk: &Desk, intent: &Intent) -> Heard {
    match tokio::time::timeout(MAIL_MAX, talk(desk, intent)).await {
        Ok(Ok(())) => Heard::Ok,
        Ok(Err(error)) => {
            eprintln!("drill: a mail may not have been taken: {error:#}");
            Heard::Unknown
        }
        Err(_) => Heard::Unknown,
    }
}

async fn talk(desk: &Desk, intent: &Intent) -> anyhow::Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", desk.smtp_port)).await?;
    let mut stream = BufReader::new(stream);
    answer(&mut stream, "220").await?;
    for (line, expected) in [
        ("EHLO drill.test".to_owned(), "250"),
        (format!("MAIL FROM:<{}>", intent.address()), "250"),
        (format!("RCPT TO:<{}>", desk.support_address), "250"),
        ("DATA".to_owned(), "354"),
        (content(desk, intent), "250"),
    ] {
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        answer(&mut stream, expected).await?;
    }
    // The mail is theirs by now, whatever becomes of the farewell.
    let _ = stream.write_all(b"QUIT\r\n").await;
    Ok(())
}

fn content(desk: &Desk, intent: &Intent) -> String {
    let (from, to, id) = (intent.address(), &desk.support_address, intent.id);
    format!(
        "From: Zeynep Kaya <{from}>\r\nTo: <{to}>\r\nSubject: Fatura sorusu {id}\r\n\
         Date: Fri, 20 Nov 2026 09:00:00 +0300\r\nMessage-ID: <{from}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         Merhaba, faturam elime ulaşmadı. {id}\r\n."
    )
}

/// Reads one answer, all its lines.
async fn answer(stream: &mut BufReader<TcpStream>, expected: &str) -> anyhow::Result<()> {
    loop {
        let mut line = String::new();
        ensure!(stream.read_line(&mut line).await? > 0, "the mail server hung up");
        ensure!(line.starts_with(expected), "the mail server said {}", line.trim());
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
