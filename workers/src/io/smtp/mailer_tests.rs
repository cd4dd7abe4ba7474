//! Servers that refuse, hang and break off at every step, and what we make of it.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::super::MailAddress;
use super::*;

/// What the server does instead of its ordinary answer.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Say(&'static str),
    Close,
    Hang,
}

/// The step at which it does so, by the beginning of the client's line; `.` is the end of the content and
/// `""` the greeting.
type Script = (&'static str, Deed);

/// Serves `connections` one after the other, each by its script, and tells how many mails were taken.
async fn server(scripts: Vec<Option<Script>>) -> (u16, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut taken = 0;
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            taken += talk(BufReader::new(stream), script).await;
        }
        taken
    });
    (port, task)
}

async fn talk(mut stream: BufReader<TcpStream>, script: Option<Script>) -> usize {
    let (mut taken, mut is_content, mut line) = (0, false, String::new());
    loop {
        let step = if is_content && line != ".\r\n" { None } else { Some(line.trim_end()) };
        if let Some(step) = step {
            let deed = script.filter(|(at, _)| step.starts_with(at) && (!at.is_empty() || step.is_empty()));
            let answer = match deed {
                Some((_, Deed::Close)) => return taken,
                Some((_, Deed::Hang)) => "",
                Some((_, Deed::Say(text))) => text,
                None => ordinary(step),
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
            taken += usize::from(step == "." && answer.starts_with("250"));
            is_content = step == "DATA" && answer.starts_with("354");
        }
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return taken;
        }
    }
}

fn ordinary(step: &str) -> &'static str {
    match step.split(' ').next().unwrap_or_default() {
        "" => "220 test\r\n",
        "EHLO" => "250-test\r\n250 AUTH PLAIN\r\n",
        "AUTH" => "235 ok\r\n",
        "DATA" => "354 go\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "250 ok\r\n",
    }
}

fn mailer(port: u16) -> Mailer {
    let short = Duration::from_millis(150);
    let credentials = Credentials { user: "u".into(), password: "p".to_owned().into() };
    Mailer::new(SmtpConfig {
        host: "127.0.0.1".into(),
        port,
        tls: SmtpTls::None,
        credentials: Some(credentials),
        extra_ca: None,
        hello: Some("test".into()),
        timeouts: SmtpTimeouts { connect: short, command: short, content: short },
        reach: Reach::Anywhere,
    })
    .unwrap()
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        from: MailAddress::new("destek@ornek.test"),
        to: MailAddress::new("ayse@musteri.test"),
        subject: "x".into(),
        text: "x".into(),
        html: "x".into(),
        message_id: "1@ornek.test".into(),
        ..OutgoingMail::default()
    }
}

#[tokio::test]
async fn every_failure_is_sorted_by_the_step_at_which_it_happens() {
    let say = Deed::Say;
    let table = [
        ("", say("421 busy\r\n"), "temporary Connect 421"),
        ("", say("554 go away\r\n"), "temporary Connect 554"),
        ("", Deed::Close, "temporary Connect -"),
        ("", Deed::Hang, "temporary Connect -"),
        ("EHLO", Deed::Close, "temporary Connect -"),
        ("AUTH", say("535 wrong\r\n"), "temporary LogIn 535"),
        ("AUTH", say("454 later\r\n"), "temporary LogIn 454"),
        ("MAIL", say("451 later\r\n"), "temporary Sender 451"),
        ("MAIL", say("552 size\r\n"), "permanent Sender 552"),
        ("MAIL", Deed::Close, "temporary Sender -"),
        ("MAIL", Deed::Hang, "temporary Sender -"),
        ("RCPT", say("450 greylisted\r\n"), "temporary Recipient 450"),
        ("RCPT", say("421 closing\r\n"), "temporary Recipient 421"),
        ("RCPT", say("550 no such user\r\n"), "permanent Recipient 550"),
        ("RCPT", say("what?\r\n"), "temporary Recipient -"),
        ("RCPT", Deed::Hang, "temporary Recipient -"),
        ("DATA", say("451 later\r\n"), "temporary Data 451"),
        ("DATA", say("554 no\r\n"), "permanent Data 554"),
        ("DATA", Deed::Close, "temporary Data -"),
        (".", say("451 later\r\n"), "temporary Content 451"),
        (".", say("552 too large\r\n"), "permanent Content 552"),
        (".", Deed::Close, "unknown"),
        (".", Deed::Hang, "unknown"),
        (".", say("25"), "unknown"),
        (".", say("nonsense\r\n"), "unknown"),
    ];
    for (step, deed, expected) in table {
        let (port, _task) = server(vec![Some((step, deed))]).await;
        let failed = mailer(port).send(&mail()).await.unwrap_err();
        assert_eq!(sorted(&failed), expected, "{step:?} {deed:?}: {failed}");
    }
}

fn sorted(error: &SendError) -> String {
    let code = |code: &Option<u16>| code.map_or("-".to_owned(), |code| code.to_string());
    match error {
        SendError::Temporary { stage, code: found, .. } => format!("temporary {stage:?} {}", code(found)),
        SendError::Permanent { stage, code: found, .. } => format!("permanent {stage:?} {}", code(found)),
        SendError::Unknown { .. } => "unknown".to_owned(),
    }
}

#[tokio::test]
async fn nobody_listening_is_temporary() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let failed = mailer(port).send(&mail()).await.unwrap_err();
    assert_eq!(sorted(&failed), "temporary Connect -");
}

#[tokio::test]
async fn a_second_mail_goes_over_the_same_connection() {
    let (port, task) = server(vec![None]).await;
    let mailer = mailer(port);
    mailer.send(&mail()).await.unwrap();
    mailer.clone().send(&mail()).await.unwrap();
    drop(mailer);
    assert_eq!(task.await.unwrap(), 2);
}

#[tokio::test]
async fn a_pooled_connection_that_the_server_closed_is_replaced_without_a_word() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(listener.local_addr().unwrap().port());
    #[expect(clippy::async_yields_async, reason = "the conversation goes on while the mail is being sent")]
    let serve = async || {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(talk(BufReader::new(stream), None))
    };
    let mail = mail();
    let (sent, first) = tokio::join!(mailer.send(&mail), serve());
    sent.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let (sent, _second) = tokio::join!(mailer.send(&mail), serve());
    sent.unwrap();
}

#[tokio::test]
async fn a_refused_mail_leaves_no_half_conversation_for_the_next() {
    let (port, task) = server(vec![Some(("RCPT", Deed::Say("550 no\r\n"))), None]).await;
    let mailer = mailer(port);
    assert!(mailer.send(&mail()).await.is_err());
    mailer.send(&mail()).await.unwrap();
    drop(mailer);
    assert_eq!(task.await.unwrap(), 1);
}

#[tokio::test]
async fn a_broken_ca_is_refused_before_any_connection() {
    let config = SmtpConfig {
        host: "localhost".into(),
        port: 1,
        tls: SmtpTls::Tls,
        credentials: None,
        extra_ca: Some(b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n".to_vec()),
        hello: None,
        timeouts: SmtpTimeouts::default(),
        reach: Reach::Anywhere,
    };
    assert!(Mailer::new(config).is_err());
}
