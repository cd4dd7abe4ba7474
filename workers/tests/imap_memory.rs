//! How much a mail server can make us hold. A program of its own: what it measures is the whole process.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic like the test itself")]

use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use workers::io::imap::{Account, ImapError, ImapTimeouts, ImapTls, Listed, LogIn, Mailbox, connect};

const MEBI: usize = 1024 * 1024;
/// Bytes of the large mail, in whole pieces and a rest.
const MAIL: usize = 50 * MEBI - 1000;

/// What the server does when it is asked for something.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// Hands out a mail of 50 MB, in the pieces asked for.
    Large,
    /// Announces half a gigabyte and begins to send it.
    Literal,
    /// Sends a line that does not end.
    Line,
    /// Sends answers to nothing that do not end.
    Talk,
    /// Sends mails that nobody asked for, each as large as we take any.
    Unasked,
}

async fn server(manner: Manner) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // The client breaks off when it has had enough.
        let _ = talk(stream, manner).await;
    });
    port
}

async fn talk(stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK hello\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let ok = format!("{tag} OK done\r\n");
        match command.split(' ').next().unwrap_or_default() {
            "LOGIN" => stream.write_all(format!("{tag} OK [CAPABILITY IMAP4rev1] in\r\n").as_bytes()).await?,
            "EXAMINE" => {
                stream.write_all(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 9] n\r\n").await?;
                stream.write_all(ok.as_bytes()).await?;
            }
            "UID" => {
                fetch(&mut stream, command, manner).await?;
                stream.write_all(ok.as_bytes()).await?;
            }
            _ => stream.write_all(ok.as_bytes()).await?,
        }
        line.clear();
    }
    Ok(())
}

async fn fetch(stream: &mut BufReader<TcpStream>, command: &str, manner: Manner) -> std::io::Result<()> {
    match manner {
        Manner::Large => {
            let from = command.split(['<', '.']).nth(2).and_then(|from| from.parse().ok()).unwrap_or(0);
            let length = MEBI.min(MAIL.saturating_sub(from));
            body(stream, 8, length).await
        }
        Manner::Literal => {
            stream.write_all(format!("* 1 FETCH (UID 8 BODY[] {{{}}}\r\n", 500 * MEBI).as_bytes()).await?;
            fill(stream, 500 * MEBI).await
        }
        Manner::Line => {
            stream.write_all(b"* OK ").await?;
            fill(stream, 500 * MEBI).await
        }
        Manner::Talk => loop {
            stream.write_all("* 7 EXISTS\r\n* OK [ALERT] hello\r\n".repeat(1000).as_bytes()).await?;
        },
        Manner::Unasked => loop {
            body(stream, 9, 10 * MEBI).await?;
        },
    }
}

async fn body(stream: &mut BufReader<TcpStream>, uid: u32, length: usize) -> std::io::Result<()> {
    stream.write_all(format!("* 1 FETCH (UID {uid} BODY[]<0> {{{length}}}\r\n").as_bytes()).await?;
    fill(stream, length).await?;
    stream.write_all(b")\r\n").await
}

async fn fill(stream: &mut BufReader<TcpStream>, mut length: usize) -> std::io::Result<()> {
    let text = [b'x'; 16 * 1024];
    while length > 0 {
        let part = length.min(text.len());
        stream.write_all(&text[..part]).await?;
        length -= part;
    }
    Ok(())
}

async fn opened(manner: Manner) -> Mailbox {
    let short = Duration::from_secs(3);
    let account = Account {
        host: "127.0.0.1".into(),
        port: server(manner).await,
        tls: ImapTls::None,
        user: "u".into(),
        log_in: LogIn::Password("p".to_owned().into()),
        extra_ca: None,
        timeouts: ImapTimeouts { connect: short, command: short, fetch: short, poll: short },
    };
    let mut mailbox = connect(&account).await.unwrap();
    mailbox.examine("INBOX").await.unwrap();
    mailbox
}

/// The most this process ever held, in MiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

#[tokio::test]
async fn a_hostile_server_is_held_within_64_mib_and_a_mail_of_50_mib_within_128() {
    let small = [Listed { uid: 8, size_bytes: 1000 }];
    for manner in [Manner::Literal, Manner::Line, Manner::Talk, Manner::Unasked] {
        let fetched = opened(manner).await.fetch(&small).await;
        assert!(
            matches!(fetched, Err(ImapError::TooLarge | ImapError::Timeout(_))),
            "{manner:?}: {fetched:?}"
        );
        let listed = opened(manner).await.list_after(1).await;
        assert!(matches!(listed, Err(ImapError::TooLarge | ImapError::Timeout(_))), "{manner:?}: {listed:?}");
        assert!(peak() <= 64, "{manner:?}: {} MiB", peak());
    }
    let large = [Listed { uid: 8, size_bytes: u32::try_from(MAIL).unwrap() }];
    let mails = opened(Manner::Large).await.fetch(&large).await.unwrap();
    assert_eq!(mails[0].raw.len(), MAIL);
    assert!(peak() <= 128, "{} MiB", peak());
}
