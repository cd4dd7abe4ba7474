//! Servers that lie, hang and break off, and what we make of it.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::super::{Account, ImapTls, LogIn, News, connect};
use super::*;

/// A server that greets, logs in and opens a folder, and answers every other command by the first pair whose
/// beginning fits. `TAG` stands for the command's tag; an answer that ends with `CLOSE` ends the connection.
async fn server(answers: Vec<(&'static str, String)>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"* OK hello\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            let (tag, command) = line.trim_end().split_once(' ').unwrap_or(("", line.trim_end()));
            let answer = answers.iter().find(|(start, _)| command.starts_with(start) || tag == *start);
            let answer = answer.map_or_else(|| ordinary(command), |(_, answer)| answer.clone());
            let answer = answer.replace("TAG", if tag.is_empty() { "A0003" } else { tag });
            let _ = stream.write_all(answer.trim_end_matches("CLOSE").as_bytes()).await;
            if answer.ends_with("CLOSE") {
                return;
            }
            line.clear();
        }
    });
    port
}

fn ordinary(command: &str) -> String {
    match command.split(' ').next().unwrap_or_default() {
        "LOGIN" => "TAG OK [CAPABILITY IMAP4rev1 IDLE] in\r\n",
        "EXAMINE" => {
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 12] n\r\nTAG OK [READ-ONLY] open\r\n"
        }
        _ => "TAG OK done\r\n",
    }
    .to_owned()
}

fn account(port: u16) -> Account {
    let short = Duration::from_millis(300);
    Account {
        host: "127.0.0.1".into(),
        port,
        tls: ImapTls::None,
        user: "u\"{10}".into(),
        log_in: LogIn::Password("p".to_owned().into()),
        extra_ca: None,
        timeouts: ImapTimeouts { connect: short, command: short, fetch: short, poll: short },
        reach: schema::net::Reach::Anywhere,
    }
}

async fn opened(answers: Vec<(&'static str, String)>) -> Mailbox {
    let mut mailbox = connect(&account(server(answers).await)).await.unwrap();
    let folder = mailbox.examine("INBOX").await.unwrap();
    assert_eq!(folder, Folder { uid_validity: 7, uid_next: Some(12), exists: 3 });
    mailbox
}

fn said(command: &'static str, answer: &str) -> Vec<(&'static str, String)> {
    vec![(command, answer.to_owned())]
}

fn one(size_bytes: u32) -> [Listed; 1] {
    [Listed { uid: 11, size_bytes }]
}

#[tokio::test]
async fn log_in_failures_are_told_apart() {
    let log_in =
        async |answer: &str| connect(&account(server(said("LOGIN", answer)).await)).await.unwrap_err();
    assert!(matches!(log_in("TAG NO [AUTHENTICATIONFAILED] bad\r\n").await, ImapError::Refused(_)));
    assert!(matches!(log_in("TAG NO [UNAVAILABLE] later\r\n").await, ImapError::Unreachable(_)));
    assert!(matches!(log_in("TAG BAD what\r\n").await, ImapError::Protocol(_)));
    assert!(matches!(log_in("CLOSE").await, ImapError::Unreachable(_)));
    assert!(matches!(log_in("* OK wait\r\n").await, ImapError::Timeout(_)));
}

#[tokio::test]
async fn a_user_with_a_line_break_never_reaches_the_server() {
    let port = server(Vec::new()).await;
    let account = Account { user: "u\r\nA2 DELETE INBOX".into(), ..account(port) };
    assert!(matches!(connect(&account).await, Err(ImapError::Refused(_))));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert!(matches!(connect(&account(port)).await, Err(ImapError::Unreachable(_))));
}

#[tokio::test]
async fn the_last_message_is_not_new_because_the_server_names_it() {
    let answer = "* 3 FETCH (UID 11 RFC822.SIZE 5)\r\nTAG OK\r\n";
    assert_eq!(opened(said("UID FETCH 12:*", answer)).await.list_after(11).await.unwrap(), []);
    assert_eq!(opened(said("UID FETCH 11:*", answer)).await.list_after(10).await.unwrap(), one(5));
    assert_eq!(opened(Vec::new()).await.list_after(u32::MAX).await.unwrap(), []);
}

#[tokio::test]
async fn a_list_is_sorted_and_without_doubles() {
    let answer = "* 3 FETCH (RFC822.SIZE 5 UID 11)\r\n* 2 FETCH (UID 9 RFC822.SIZE 4)\r\n\
                  * 3 FETCH (UID 11 RFC822.SIZE 5)\r\n* 1 FETCH (FLAGS (\\Seen))\r\nTAG OK\r\n";
    let listed = opened(said("UID FETCH", answer)).await.list_after(0).await.unwrap();
    assert_eq!(listed.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [9, 11]);
}

#[tokio::test]
async fn a_half_list_is_never_taken_for_a_whole_one() {
    let half = "* 2 FETCH (UID 9 RFC822.SIZE 4)\r\n";
    let listing =
        async |answer: String| opened(said("UID FETCH", &answer)).await.list_after(0).await.unwrap_err();
    assert!(matches!(listing(format!("{half}CLOSE")).await, ImapError::Unreachable(_)));
    assert!(matches!(listing(format!("{half}TAG NO sorry\r\n")).await, ImapError::Protocol(_)));
    assert!(matches!(listing(half.to_owned()).await, ImapError::Timeout(_)));
    assert!(matches!(listing(format!("{half}* BYE\r\nCLOSE")).await, ImapError::Unreachable(_)));
    assert!(matches!(listing(format!("{half}* 2 FETCH (UID 9\r\n")).await, ImapError::Protocol(_)));
    assert!(matches!(listing("\u{0}\u{1}garbage\r\n".to_owned()).await, ImapError::Protocol(_)));
    assert!(matches!(listing("A9999 OK wrong tag\r\n".to_owned()).await, ImapError::Timeout(_)));
}

#[tokio::test]
async fn only_what_was_asked_for_is_taken_and_a_vanished_message_is_missing() {
    let answer = "* 1 FETCH (UID 4 BODY[] {3}\r\nfor)\r\n* 3 FETCH (UID 11 BODY[] {3}\r\nabc)\r\n\
                  * 3 FETCH (UID 11 BODY[] {3}\r\nxyz)\r\n* 1 EXPUNGE\r\nTAG OK\r\n";
    let batch = [Listed { uid: 10, size_bytes: 9 }, Listed { uid: 11, size_bytes: 3 }];
    let mails = opened(said("UID FETCH 10:11 (UID BODY.PEEK[])", answer)).await.fetch(&batch).await.unwrap();
    assert_eq!(mails, [RawMail { uid: 11, raw: b"abc".to_vec() }]);
}

#[tokio::test]
async fn a_literal_of_500_megabytes_is_refused_before_room_is_made_for_it() {
    let answer = "* 3 FETCH (UID 11 BODY[] {500000000}\r\n";
    let failed = opened(said("UID FETCH", answer)).await.fetch(&one(5)).await.unwrap_err();
    assert!(matches!(failed, ImapError::TooLarge), "{failed:?}");
}

#[tokio::test]
async fn a_server_that_sends_far_more_than_it_said_is_stopped() {
    let size = 2 * 1024 * 1024;
    let answer = format!("* 3 FETCH (UID 11 BODY[] {{{size}}}\r\n{})\r\nTAG OK\r\n", "x".repeat(size));
    let failed = opened(said("UID FETCH", &answer)).await.fetch(&one(5)).await.unwrap_err();
    assert!(matches!(failed, ImapError::TooLarge), "{failed:?}");
}

#[tokio::test]
async fn a_stalled_literal_ends_in_a_time_out() {
    let answer = "* 3 FETCH (UID 11 BODY[] {10}\r\nabc";
    let failed = opened(said("UID FETCH", answer)).await.fetch(&one(10)).await.unwrap_err();
    assert!(matches!(failed, ImapError::Timeout(_)), "{failed:?}");
}

#[tokio::test]
async fn waiting_ends_with_news_or_with_the_time() {
    let mut mailbox = opened(said("IDLE", "+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n")).await;
    assert_eq!(mailbox.idle_until_news(Duration::from_secs(5)).await.unwrap(), News::Mail);
    let mut mailbox = opened(said("IDLE", "+ idling\r\n* 1 EXPUNGE\r\n")).await;
    assert_eq!(mailbox.idle_until_news(Duration::from_millis(50)).await.unwrap(), News::Nothing);
    let mut mailbox = opened(said("IDLE", "TAG NO\r\n")).await;
    assert!(mailbox.idle_until_news(Duration::from_secs(5)).await.is_err());
}

#[tokio::test]
async fn news_that_came_with_another_answer_are_not_waited_for() {
    let mut mailbox = opened(said("UID FETCH", "* 4 EXISTS\r\nTAG OK\r\n")).await;
    mailbox.list_after(0).await.unwrap();
    assert_eq!(mailbox.idle_until_news(Duration::from_secs(5)).await.unwrap(), News::Mail);
}

#[tokio::test]
async fn a_server_without_idle_is_asked_instead() {
    let mut answers = said("LOGIN", "TAG OK [CAPABILITY IMAP4rev1] in\r\n");
    answers.push(("NOOP", "* 4 EXISTS\r\nTAG OK\r\n".to_owned()));
    let mut mailbox = opened(answers).await;
    assert_eq!(mailbox.idle_until_news(Duration::from_secs(60)).await.unwrap(), News::Mail);
}

/// The size is the server's word: what it sends instead is bounded piece by piece.
#[tokio::test]
async fn a_large_mail_comes_in_pieces_and_is_whole() {
    let piece = |at: usize, length: usize| {
        let text = "x".repeat(length);
        format!("* 1 FETCH (UID 8 BODY[]<{at}> {{{length}}}\r\n{text})\r\nTAG OK done\r\n")
    };
    let mut mailbox = opened(vec![
        ("UID FETCH 8 (UID BODY.PEEK[]<0.", piece(0, PIECE_BYTES)),
        ("UID FETCH 8 (UID BODY.PEEK[]<1048576.", piece(PIECE_BYTES, 10)),
    ])
    .await;
    let mails = mailbox.fetch(&[Listed { uid: 8, size_bytes: 40 * 1024 * 1024 }]).await.unwrap();
    assert_eq!((mails.len(), mails[0].raw.len()), (1, PIECE_BYTES + 10));
}

#[tokio::test]
async fn a_mail_without_end_is_stopped_at_the_limit_of_a_mail() {
    let text = "x".repeat(PIECE_BYTES);
    let endless = format!("* 1 FETCH (UID 8 BODY[]<0> {{{PIECE_BYTES}}}\r\n{text})\r\nTAG OK done\r\n");
    let mut mailbox = opened(vec![("UID FETCH", endless)]).await;
    mailbox.timeouts.fetch = Duration::from_secs(20);
    assert!(matches!(mailbox.fetch_in_pieces(8).await, Err(ImapError::TooLarge)));
}

#[tokio::test]
async fn a_token_is_sent_as_the_providers_want_it_and_a_refusal_says_so() {
    let good = server(vec![
        ("AUTHENTICATE XOAUTH2", "+ \r\n".to_owned()),
        ("dXNlcj1hQGIudGVzdAFhdXRoPUJlYXJlciBqZXRvbgEB", "A0001 OK in\r\n".to_owned()),
        ("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n".to_owned()),
    ])
    .await;
    let token = |port: u16| Account {
        user: "a@b.test".into(),
        log_in: LogIn::Token("jeton".to_owned().into()),
        ..account(port)
    };
    assert!(connect(&token(good)).await.is_ok());
    let bad = server(vec![
        ("AUTHENTICATE XOAUTH2", "+ \r\n".to_owned()),
        ("dXNlcj", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n".to_owned()),
        ("", "A0001 NO [AUTHENTICATIONFAILED] Invalid credentials\r\n".to_owned()),
    ])
    .await;
    assert!(matches!(connect(&token(bad)).await, Err(ImapError::Refused(_))));
}

#[tokio::test]
async fn endless_talk_that_answers_nothing_ends_in_a_time_out_and_is_not_kept() {
    let talk = "* 1 EXISTS\r\n* 2 RECENT\r\n* OK [ALERT] hello\r\n".repeat(50_000);
    for command in ["EXAMINE", "UID FETCH", "NOOP"] {
        let answers = vec![(command, talk.clone())];
        let port = server(answers).await;
        let mut mailbox = connect(&account(port)).await.unwrap();
        mailbox.can_idle = false;
        let ended = match command {
            "EXAMINE" => mailbox.examine("INBOX").await.map(drop),
            "UID FETCH" => mailbox.list_after(1).await.map(drop),
            _ => mailbox.idle_until_news(Duration::from_secs(2)).await.map(drop),
        };
        assert!(matches!(ended, Err(ImapError::Timeout(_)) | Ok(())), "{command}: {ended:?}");
    }
}
