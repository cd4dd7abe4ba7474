//! A small HTTP client: one connection for each request, answers as they came.

use crate::described;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::net::TcpStream;

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// As it came.
    pub bytes: Bytes,
    /// As text, as far as it is one.
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// All values of a header, however many lines they came in.
    pub fn all(&self, name: &str) -> String {
        let lines = self.headers.get_all(name).into_iter().map(|value| value.to_str().unwrap());
        lines.collect::<Vec<_>>().join(", ")
    }

    /// Status and body, for snapshots and tables.
    pub fn seen(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.body)
    }
}

/// A request in the making.
pub struct Call {
    address: SocketAddr,
    request: Request<Body>,
}

impl Call {
    pub fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = path.parse().unwrap();
        request.headers_mut().insert("host", "desk.test".parse().unwrap());
        Self { address, request }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub fn body(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self.header("content-type", media_type)
    }

    /// A body that does not say what it is.
    pub fn untyped(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        self.body("application/x-www-form-urlencoded", serde_urlencoded::to_string(pairs).unwrap())
    }

    pub fn multipart(self, parts: &[Part<'_>]) -> Self {
        let mut body = Vec::new();
        for part in parts {
            part.write(&mut body);
        }
        body.extend_from_slice(b"--sinir--\r\n");
        self.body("multipart/form-data; boundary=sinir", body)
    }

    pub async fn send(self) -> Answer {
        let (method, path) = (self.request.method().clone(), self.request.uri().path().to_owned());
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let response = sender.send_request(self.request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(Body::new(body), usize::MAX).await.unwrap();
        drop(sender);
        let _ = connection.await;
        let text = String::from_utf8_lossy(&body).into_owned();
        described::check(&method, &path, parts.status, &parts.headers);
        Answer { status: parts.status, headers: parts.headers, bytes: body, body: text }
    }
}

/// One part of a multipart body.
pub enum Part<'a> {
    Text(&'a str, &'a str),
    File { name: &'a str, file_name: &'a str, media_type: &'a str, bytes: &'a [u8] },
}

impl Part<'_> {
    fn write(&self, body: &mut Vec<u8>) {
        let (head, bytes) = match self {
            Part::Text(name, text) => {
                (format!("Content-Disposition: form-data; name=\"{name}\""), text.as_bytes())
            }
            Part::File { name, file_name, media_type, bytes } => (
                format!(
                    "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
                     Content-Type: {media_type}"
                ),
                *bytes,
            ),
        };
        body.extend_from_slice(format!("--sinir\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
}
