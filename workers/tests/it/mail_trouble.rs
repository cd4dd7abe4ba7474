//! What breaks on a mail takes this mail out of the way under its name, and the next one becomes a ticket.

use super::desk::Desk;
use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use schema::mail::rules::{Incoming, Unreadable, read_owned};
use serde_json::json;
use std::fmt;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// A mail of so many characters of text.
fn mail(desk: &Desk, subject: &str, length: usize) -> String {
    let line = "Merhaba, yazıcı çalışmıyor.\n";
    format!(
        "From: sukru@ornek.test\nTo: {}\nSubject: {subject}\nMessage-ID: <{subject}@ornek.test>\n\n{}",
        desk.site.support_address,
        line.repeat(length.div_ceil(line.len()))
    )
}

fn with_file(desk: &Desk) -> String {
    format!(
        "From: sukru@ornek.test\nTo: {}\nSubject: zor\nMessage-ID: <ek@ornek.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nEkte.\n\
         --b\nContent-Type: application/pdf; name=belge.pdf\n\n%PDF-1.4 deneme\n--b--\n",
        desk.site.support_address
    )
}

/// The hard mail lies under `cause`, whole and readable again; the mail behind it is a ticket, and its sender is told.
async fn is_out_of_the_way(desk: &Desk, hard: &str, cause: &str) {
    desk.receive(hard).await;
    desk.receive(&mail(desk, "sıradaki", 10)).await;
    desk.work().await;
    assert_eq!(desk.row("select subject from tickets").await, json!({ "subject": "sıradaki" }));
    assert_eq!(desk.sent.sent().len(), 1);
    let kept = "select cause, length(raw) as bytes from mail_messages where outcome = 'quarantine'";
    let bytes = hard.replace('\n', "\r\n").len();
    assert_eq!(desk.row(kept).await, json!({ "cause": cause, "bytes": bytes }));
    assert!(
        desk.rows("select 1 from jobs where kind = 'mail.read'").await.is_empty(),
        "it is not tried again"
    );
}

fn is_hard(raw: &[u8]) -> bool {
    raw.windows(12).any(|bytes| bytes == b"Subject: zor")
}

fn stumbling(raw: Vec<u8>) -> std::result::Result<Incoming, Unreadable> {
    assert!(!is_hard(&raw), "a parser that did not expect this");
    read_owned(raw)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_on_which_the_parser_panics_is_out_of_the_way_of_the_next() {
    for length in [10, 100_000] {
        let desk = Desk::made(&[], |parts| parts.reader.parse = Arc::new(stumbling)).await;
        is_out_of_the_way(&desk, &mail(&desk, "zor", length), "panicked").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_with_which_the_parser_does_not_come_to_an_end_is_out_of_the_way_of_the_next() {
    let (end, ended) = mpsc::channel::<()>();
    let ended = Mutex::new(ended);
    let desk = Desk::made(&[], |parts| {
        parts.reader.reading_max = Duration::from_millis(50);
        parts.reader.parse = Arc::new(move |raw: Vec<u8>| {
            if is_hard(&raw) {
                // Until the test lets go.
                let _ = ended.lock().unwrap().recv();
            }
            read_owned(raw)
        });
    })
    .await;
    is_out_of_the_way(&desk, &mail(&desk, "zor", 100_000), "too_slow").await;
    drop(end);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_processing_panics_is_out_of_the_way_of_the_next() {
    let desk = Desk::made(&[], |parts| parts.files = Broken::of(&parts.files, Break::Panic)).await;
    is_out_of_the_way(&desk, &with_file(&desk), "panicked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_processing_does_not_come_to_an_end_is_out_of_the_way_of_the_next() {
    let desk = Desk::made(&[], |parts| {
        parts.reader.work_max = Duration::from_secs(3);
        parts.files = Broken::of(&parts.files, Break::Hang);
    })
    .await;
    is_out_of_the_way(&desk, &with_file(&desk), "too_slow").await;
}

#[derive(Clone, Copy, Debug)]
enum Break {
    Panic,
    Hang,
}

/// A file store that breaks when it is given a file.
#[derive(Debug)]
struct Broken {
    store: Arc<dyn ObjectStore>,
    how: Break,
}

impl Broken {
    fn of(store: &Arc<dyn ObjectStore>, how: Break) -> Arc<dyn ObjectStore> {
        Arc::new(Self { store: Arc::clone(store), how })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a broken store")
    }
}

#[async_trait]
impl ObjectStore for Broken {
    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        match self.how {
            Break::Panic => panic!("a store that did not expect this"),
            Break::Hang => std::future::pending().await,
        }
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.store.get_opts(path, options).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}
