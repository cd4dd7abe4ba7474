//! Bodies as clients send them, good and hostile, through the public entry.

mod form;
mod fuzz;
mod json;
mod multipart;
mod storage;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use schema::tickets::support_form::Language;

use super::*;

const BOUNDARY: &str = "----sinir";

/// An object store in memory, and the inbox over it.
struct Bed {
    store: Arc<InMemory>,
    inbox: Inbox,
}

impl Bed {
    fn new() -> Self {
        let store = Arc::new(InMemory::new());
        Self { inbox: Inbox::new(store.clone()), store }
    }

    async fn keys(&self) -> Vec<String> {
        let objects: Vec<_> = self.store.list(None).try_collect().await.unwrap();
        objects.into_iter().map(|object| object.location.to_string()).collect()
    }

    async fn support(&self, body: impl Into<Body>) -> Result<Intake, DecodeError> {
        decode(multipart_request(body), &Options::support_form(), Some(&self.inbox)).await
    }

    async fn native(&self, body: impl Into<Body>) -> Result<Intake, DecodeError> {
        let options = Options::native(schema::files::rules::Policy::upload(false));
        decode(multipart_request(body), &options, Some(&self.inbox)).await
    }
}

fn request(content_type: &str, body: impl Into<Body>) -> Request {
    let builder = Request::post("/api/support/tickets/");
    let builder =
        if content_type.is_empty() { builder } else { builder.header("content-type", content_type) };
    builder.body(body.into()).unwrap()
}

fn multipart_request(body: impl Into<Body>) -> Request {
    request(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// A text part.
fn text(name: &str, value: &str) -> Vec<u8> {
    part(&format!("form-data; name=\"{name}\""), "", value.as_bytes())
}

/// A file part.
fn file(name: &str, file_name: &str, media_type: &str, bytes: &[u8]) -> Vec<u8> {
    let disposition = format!("form-data; name=\"{name}\"; filename=\"{file_name}\"");
    part(&disposition, &format!("Content-Type: {media_type}\r\n"), bytes)
}

fn part(disposition: &str, headers: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{headers}\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

fn whole(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
}

/// A PDF of exactly this many bytes.
fn pdf(bytes: usize) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.resize(bytes, b'x');
    pdf
}

/// The body in pieces of a size no parser expects.
fn in_pieces(bytes: Vec<u8>, piece_bytes: usize) -> Body {
    let pieces: Vec<_> = bytes.chunks(piece_bytes).map(<[u8]>::to_vec).map(Ok::<_, std::io::Error>).collect();
    Body::from_stream(futures::stream::iter(pieces))
}

async fn read(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// Status and body of a refusal in both dialects.
async fn answers(error: DecodeError) -> [(u16, String); 2] {
    [read(support_answer(&error, Language::Tr)).await, read(native_answer(&error, Language::Tr)).await]
}

fn both(status: u16, support: &str, native: &str) -> [(u16, String); 2] {
    [(status, support.to_owned()), (status, native.to_owned())]
}
