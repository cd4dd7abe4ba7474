//! The whole way of a mail of 50 MB through `workers mail-in` stays within 128 MB, whatever it is made of: out of the
//! store, taken apart, its files into the store, its ticket. Measured is the program itself, as it is started.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of a test may panic like the test itself")]

#[expect(dead_code, reason = "other tests ask the desk for more")]
#[path = "it/desk.rs"]
mod desk;

use desk::Desk;
use jobs::MailId;
use object_store::{ObjectStoreExt, PutPayload, path::Path};
use schema::mail::inbound::{self, NewRaw, Place};
use schema::mail::rules::{identity, read::SIZE_BYTES_MAX};
use schema::pool::Scope;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MEMORY_BYTES_MAX: usize = 128_000_000;
const PATIENCE: Duration = Duration::from_secs(60);
const PARTS: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nMerhaba\r\n";

/// A program of the fleet on the desk's database; it ends with the test.
struct Worker(Child);

impl Worker {
    fn start(desk: &Desk, what: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workers"));
        command.arg(what).env_clear().env("RUST_LOG", "warn").stdout(Stdio::null());
        command.env("DATABASE_URL", &desk.db.url).env("REDIS_URL", std::env::var("REDIS_URL").unwrap());
        command.env("SECRET_KEY", "a secret for tests, long enough to be used");
        command.env("FILES_DIR", desk.files());
        Self(command.spawn().unwrap())
    }

    /// Forgets the most it held so far.
    fn forget(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.0.id()), "5").unwrap();
    }

    /// The most it held since then.
    fn memory_bytes(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A mail of the largest size: `piece` again and again, with `between` after every 9 MB.
fn mail(desk: &Desk, name: &str, head: &str, between: &str, piece: &str) -> Vec<u8> {
    let mut raw = Vec::with_capacity(SIZE_BYTES_MAX);
    let to = &desk.site.support_address;
    let start = format!(
        "From: ayse@musteri.test\r\nTo: {to}\r\nSubject: {name}\r\nMessage-ID: <{name}@x.test>\r\n{head}"
    );
    raw.extend_from_slice(start.as_bytes());
    let mut next = 0;
    while raw.len() + between.len() + piece.len() <= SIZE_BYTES_MAX {
        if raw.len() >= next && !between.is_empty() {
            raw.extend_from_slice(between.as_bytes());
            next = raw.len() + 9_000_000;
        }
        raw.extend_from_slice(piece.as_bytes());
    }
    raw
}

/// Stores a mail as the mailbox's watch does with large ones.
async fn receive(desk: &Desk, raw: Vec<u8>) {
    let (identity, id) = (identity(&raw), MailId::fresh());
    let (key, size_bytes) = (format!("mail/{}/{id}.eml", desk.mailbox), i64::try_from(raw.len()).unwrap());
    desk.env.files.put(&Path::from(key.as_str()), PutPayload::from(raw)).await.unwrap();
    let (message_id, content_hash) = (identity.message_id, identity.content_sha256);
    let mail = NewRaw { id, uid: 1, message_id, content_hash, size_bytes, place: Place::File(key) };
    let mut tx = desk.env.db.begin(Scope::System).await.unwrap();
    inbound::store(&mut tx, desk.mailbox, 1, vec![mail]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Waits until every mail has its outcome.
async fn settled(desk: &Desk) {
    let since = Instant::now();
    while !desk.rows("select 1 from mail_messages where outcome = 'received'").await.is_empty() {
        assert!(since.elapsed() < PATIENCE, "the mail was not worked on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_50_megabytes_goes_its_whole_way_within_128_megabytes() {
    let desk = Desk::new().await;
    let (worker, _relay) = (Worker::start(&desk, "mail-in"), Worker::start(&desk, "relay"));
    let file = |encoding: &str| {
        format!(
            "\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n%PDF-1.4\r\n"
        )
    };
    let base64 = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n";
    let alone = file("binary").replace("\r\n--b\r\n", "");
    let wrong = PARTS.replace("boundary=b", "boundary=other");
    let kinds = [
        ("files", PARTS, file("binary"), "abcdefghij\r\n"),
        ("base64", PARTS, file("base64").replace("%PDF-1.4", "JVBERi0xLjQK"), base64),
        ("repaired", &wrong, file("binary"), "abcdefghij\r\n"),
        ("refused", &format!("{alone}x"), String::new(), "abcdefghij\r\n"),
        ("text", "\r\n", String::new(), "Siparişim gelmedi.\r\n"),
        ("textfiles", "\r\n", String::new(), "begin 644 a\r\n#86%A\r\n`\r\nend\r\n"),
        ("page", "Content-Type: text/html\r\n\r\n", String::new(), "<p>Siparişim <b>gelmedi</b></p>"),
        (
            "pictures",
            "Content-Type: text/html\r\n\r\n",
            String::new(),
            "<img src=cid:a><img src=https://x.test/a>",
        ),
        (
            "report",
            "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
            String::new(),
            "Final-Recipient: rfc822; a@b.test\r\nStatus: 5.1.1\r\n\r\n",
        ),
    ];
    let mut most = 0;
    for (name, head, between, piece) in kinds {
        let raw = mail(&desk, name, head, &between, piece);
        worker.forget();
        receive(&desk, raw).await;
        settled(&desk).await;
        let held = worker.memory_bytes();
        println!("{:>6.1} MB  {name}", held as f64 / 1e6);
        most = most.max(held);
    }
    assert!(most <= MEMORY_BYTES_MAX, "{most} bytes of memory");
    let kept = "select 1 from ticket_attachments where storage_key is not null";
    assert!(desk.rows(kept).await.len() >= 15, "{:?}", desk.rows("select * from ticket_attachments").await);
    assert_eq!(
        desk.rows("select 1 from mail_messages where outcome = 'ticket'").await.len(),
        8,
        "all but the report"
    );
    // All at once they take their turns.
    worker.forget();
    for n in 0..4 {
        receive(&desk, mail(&desk, &format!("sira{n}"), PARTS, &file("binary"), "abcdefghij\r\n")).await;
    }
    settled(&desk).await;
    assert_eq!(desk.rows("select 1 from mail_messages where outcome = 'ticket'").await.len(), 12);
    println!("{:>6.1} MB  four at once", worker.memory_bytes() as f64 / 1e6);
    assert!(worker.memory_bytes() <= MEMORY_BYTES_MAX, "four at once: {} bytes", worker.memory_bytes());
}
