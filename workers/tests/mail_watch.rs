//! Watching mailboxes of a real Dovecot, from the server to the ticket: each mail exactly once where it belongs.
//!
//! Every test has mailboxes and a database of its own.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic like the test itself")]

#[expect(dead_code, reason = "other tests ask the desk for more")]
#[path = "it/desk.rs"]
mod desk;

use desk::Desk;
use jobs::{MailboxId, NewJob, Queue, mailbox::Watch};
use schema::pool::Scope;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use uuid::Uuid;
use workers::handlers;
use workers::run::drain;

const FOLDER: &str = "Destek";
const PATIENCE: Duration = Duration::from_secs(30);

fn var(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run scripts/test, which starts the mail server"))
}

/// A folder on the server, as its owner's mail program sees it.
struct Folder {
    user: String,
    stream: BufReader<TcpStream>,
}

impl Folder {
    async fn new() -> Self {
        let port: u16 = var("TEST_IMAP_PORT").parse().unwrap();
        let stream = TcpStream::connect((var("TEST_IMAP_HOST"), port)).await.unwrap();
        let user = format!("{}@{}", Uuid::now_v7().simple(), var("TEST_MAILBOX_DOMAIN"));
        let mut folder = Self { user, stream: BufReader::new(stream) };
        let mut greeting = String::new();
        folder.stream.read_line(&mut greeting).await.unwrap();
        folder.say(&format!("LOGIN {} {}", folder.user.clone(), var("TEST_IMAP_PASS"))).await;
        folder.say(&format!("CREATE {FOLDER}")).await;
        folder
    }

    /// A command and its whole answer.
    async fn say(&mut self, command: &str) -> String {
        self.stream.write_all(format!("t {command}\r\n").as_bytes()).await.unwrap();
        self.answer().await
    }

    async fn answer(&mut self) -> String {
        let mut answer = String::new();
        while !answer.lines().last().is_some_and(|line| line.starts_with("t ")) {
            assert_ne!(self.stream.read_line(&mut answer).await.unwrap(), 0, "{answer}");
        }
        assert!(answer.lines().last().unwrap().starts_with("t OK"), "{answer}");
        answer
    }

    async fn put(&mut self, raw: &str) {
        let raw = raw.replace('\n', "\r\n");
        self.stream.write_all(format!("t APPEND {FOLDER} {{{}}}\r\n", raw.len()).as_bytes()).await.unwrap();
        let mut ready = String::new();
        self.stream.read_line(&mut ready).await.unwrap();
        assert!(ready.starts_with('+'), "{ready}");
        self.stream.write_all(format!("{raw}\r\n").as_bytes()).await.unwrap();
        self.answer().await;
    }

    /// The folder is deleted and made anew: all UIDs begin again under another UIDVALIDITY.
    async fn make_anew(&mut self) {
        self.say(&format!("DELETE {FOLDER}")).await;
        self.say(&format!("CREATE {FOLDER}")).await;
    }

    /// A row that has the folder read, for a site or for all.
    async fn row(&self, desk: &Desk, site: Option<Uuid>) -> MailboxId {
        let id = MailboxId(Uuid::new_v4());
        let sealed: String =
            desk.env.seal.seal(&var("TEST_IMAP_PASS")).iter().map(|b| format!("{b:02x}")).collect();
        let site = site.map_or("null".to_owned(), |site| format!("'{site}'"));
        desk.run(&format!(
            "insert into mailboxes (id, site_id, host, port, tls, username, password_sealed, folder)
             values ('{id}', {site}, '{}', {}, 'none', '{}', '\\x{sealed}', '{FOLDER}')",
            var("TEST_IMAP_HOST"),
            var("TEST_IMAP_PORT"),
            self.user
        ))
        .await;
        id
    }
}

/// A watcher that can be killed.
struct Watcher(JoinHandle<()>);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn watch(desk: &Desk, mailbox: MailboxId) -> Watcher {
    let mut tx = desk.env.db.begin(Scope::System).await.unwrap();
    tx.enqueue(NewJob::of(&Watch { mailbox_id: mailbox }));
    tx.commit().await.unwrap();
    let (env, keeper) = (desk.env.clone(), desk.keeper.clone());
    Watcher(tokio::spawn(async move {
        drain(&[Queue::Mailbox], &handlers::registry(), &env, &keeper).await.unwrap();
    }))
}

/// Waits until a query has this many rows; it stays so.
async fn until(desk: &Desk, query: &str, rows: usize) {
    let since = Instant::now();
    loop {
        let found = desk.rows(query).await.len();
        if found == rows {
            return;
        }
        assert!(found < rows && since.elapsed() < PATIENCE, "{query}: {found} of {rows}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn letter(desk: &Desk, n: usize) -> String {
    format!(
        "From: Ayşe <ayse{n}@ornek.test>\nTo: {}\nSubject: Konu {n}\nMessage-ID: <{n}.{}@ornek.test>\n\nMetin {n}.\n",
        desk.site.support_address, desk.site.id
    )
}

const MAILS: &str = "select id from mail_messages";
const TICKETS: &str = "select subject from tickets";

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_an_outage_come_in_once_each_and_the_mailbox_is_left_as_it_was() {
    let desk = Desk::new().await;
    let mut folder = Folder::new().await;
    let mailbox = folder.row(&desk, Some(desk.site.id.0)).await;
    for n in 0..15 {
        folder.put(&letter(&desk, n)).await;
    }
    let first = watch(&desk, mailbox).await;
    until(&desk, MAILS, 15).await;
    drop(first);
    for n in 15..40 {
        folder.put(&letter(&desk, n)).await;
    }
    let _second = watch(&desk, mailbox).await;
    until(&desk, MAILS, 40).await;
    folder.put(&letter(&desk, 40)).await;
    until(&desk, MAILS, 41).await;
    desk.work().await;
    assert_eq!(desk.rows("select distinct subject from tickets").await.len(), 41);
    assert_eq!(desk.rows(TICKETS).await.len(), 41);
    folder.say(&format!("SELECT {FOLDER}")).await;
    let seen = folder.say("UID SEARCH SEEN").await;
    assert!(seen.starts_with("* SEARCH\r\n"), "nobody's flags were touched: {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_was_made_anew_is_read_again_and_nothing_comes_twice() {
    let desk = Desk::new().await;
    let mut folder = Folder::new().await;
    let mailbox = folder.row(&desk, None).await;
    for n in 0..3 {
        folder.put(&letter(&desk, n)).await;
    }
    let first = watch(&desk, mailbox).await;
    until(&desk, MAILS, 3).await;
    drop(first);
    let before = desk.row("select uid_validity from mailboxes where last_uid > 0").await;
    folder.make_anew().await;
    for n in 0..4 {
        folder.put(&letter(&desk, n)).await;
    }
    let _second = watch(&desk, mailbox).await;
    until(
        &desk,
        &format!("select 1 from mailboxes where uid_validity <> {} and last_uid = 4", before["uid_validity"]),
        1,
    )
    .await;
    desk.work().await;
    assert_eq!((desk.rows(MAILS).await.len(), desk.rows(TICKETS).await.len()), (4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_watchers_of_one_mailbox_bring_each_mail_once() {
    let desk = Desk::new().await;
    let mut folder = Folder::new().await;
    let mailbox = folder.row(&desk, Some(desk.site.id.0)).await;
    let _watchers = (watch(&desk, mailbox).await, watch(&desk, mailbox).await);
    for n in 0..30 {
        folder.put(&letter(&desk, n)).await;
    }
    until(&desk, MAILS, 30).await;
    desk.work().await;
    assert_eq!((desk.rows(MAILS).await.len(), desk.rows(TICKETS).await.len()), (30, 30));
    assert_eq!(desk.sent.sent().len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_in_two_mailboxes_of_a_site_is_one_ticket_and_of_two_sites_one_in_each() {
    let desk = Desk::new().await;
    let (mut one, mut two, mut three) = (Folder::new().await, Folder::new().await, Folder::new().await);
    let (site, other) = (desk.site.id.0, desk.other.id.0);
    let rows = [
        one.row(&desk, Some(site)).await,
        two.row(&desk, Some(site)).await,
        three.row(&desk, Some(other)).await,
    ];
    let raw =
        letter(&desk, 1).replace("\nSubject:", &format!("\nCc: {}\nSubject:", desk.other.support_address));
    for (folder, hop) in [(&mut one, "a"), (&mut two, "b"), (&mut three, "c")] {
        folder.put(&format!("Received: by {hop}\n{raw}")).await;
    }
    let _watchers = (watch(&desk, rows[0]).await, watch(&desk, rows[1]).await, watch(&desk, rows[2]).await);
    until(&desk, MAILS, 3).await;
    // Each copy waits for those that came before it.
    for _copy in 0..3 {
        desk.run("update jobs set run_at = now() where kind = 'mail.read'").await;
        desk.work().await;
    }
    let tickets = desk
        .rows("select site_id from tickets order by site_id = (select min(site_id::text)::uuid from tickets)")
        .await;
    assert_eq!(tickets.len(), 2, "{tickets:?}");
    assert_ne!(tickets[0], tickets[1]);
    let twin = desk
        .row("select site_id, ticket_id is not null as placed from mail_messages where outcome = 'duplicate'")
        .await;
    assert_eq!(twin, json!({ "site_id": site, "placed": true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn reused_and_missing_message_ids_lose_nothing_and_double_nothing() {
    let desk = Desk::new().await;
    let mut folder = Folder::new().await;
    let mailbox = folder.row(&desk, None).await;
    let to = &desk.site.support_address;
    let reused = |text: &str| {
        format!("From: a@ornek.test\nTo: {to}\nSubject: x\nMessage-ID: <ayni@ornek.test>\n\n{text}\n")
    };
    let without = |text: &str| format!("From: a@ornek.test\nTo: {to}\nSubject: y\n\n{text}\n");
    for raw in [reused("bir"), reused("iki"), reused("bir"), without("bir"), without("iki"), without("bir")] {
        folder.put(&raw).await;
    }
    let _watcher = watch(&desk, mailbox).await;
    until(&desk, "select 1 from mailboxes where last_uid = 6", 1).await;
    desk.work().await;
    assert_eq!((desk.rows(MAILS).await.len(), desk.rows(TICKETS).await.len()), (4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_mail_comes_in_pieces_to_the_file_store_and_one_too_large_is_named() {
    let desk = Desk::new().await;
    let mut folder = Folder::new().await;
    let mailbox = folder.row(&desk, None).await;
    let line = "x".repeat(75) + "\n";
    let head = letter(&desk, 1);
    folder.put(&(head.clone() + &line.repeat(12 * 1024 * 1024 / 77))).await;
    folder.put(&(head + &line.repeat(51 * 1024 * 1024 / 77))).await;
    folder.put(&letter(&desk, 2)).await;
    let _watcher = watch(&desk, mailbox).await;
    until(&desk, "select 1 from mailboxes where last_uid = 3", 1).await;
    desk.work().await;
    let large = desk.row("select size_bytes > 12000000 as large, raw is null as filed from mail_messages where raw_key is not null").await;
    assert_eq!(large, json!({ "large": true, "filed": true }));
    assert_eq!(desk.rows(TICKETS).await.len(), 2);
    assert_eq!(
        desk.row("select cause from mail_messages where outcome = 'quarantine'").await["cause"],
        "too_large"
    );
}

/// A server of providers: it says where tokens come from, and takes them only.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_was_taken_back_is_shown_to_the_admin() {
    let desk = Desk::new().await;
    let endpoint = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", endpoint.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = endpoint.accept().await.unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let body = r#"{"error":"invalid_grant"}"#;
            let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(head.as_bytes()).await;
        }
    });
    let folder = Folder::new().await;
    let mailbox = folder.row(&desk, Some(desk.site.id.0)).await;
    let token: String = desk.env.seal.seal("jeton").iter().map(|b| format!("{b:02x}")).collect();
    desk.run(&format!(
        "update mailboxes set auth = 'xoauth2', token_url = '{url}', client_id = 'uygulama',
             refresh_token_sealed = '\\x{token}' where id = '{mailbox}'"
    ))
    .await;
    let _watcher = watch(&desk, mailbox).await;
    until(
        &desk,
        "select 1 from mailboxes where needs_reauthorisation and trouble like 'Posta sağlayıcısı%'",
        1,
    )
    .await;
}
