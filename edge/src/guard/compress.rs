//! Smaller answers: text of a known length from 1000 bytes on goes out as gzip to whoever takes it (B21-08).
//!
//! Only the answers it concerns pay for it; everything else is handed on as it came. Streams have no known length
//! and stay as they are, as do files that are compressed already (B21-09) and parts of files.

use crate::text::negotiate::choices;
use async_compression::Level;
use async_compression::tokio::bufread::GzipEncoder;
use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures::TryStreamExt;
use std::io;
use tokio_util::io::{ReaderStream, StreamReader};

const BYTES_MIN: u64 = 1000;
const TYPES: [&str; 4] = ["text/plain", "application/json", "application/javascript", "text/css"];
/// A third of the default's time for answers a tenth larger.
const LEVEL: Level = Level::Precise(4);

/// Whether a client takes gzip, at least as gladly as plain text.
#[must_use]
pub fn is_welcome(headers: &HeaderMap) -> bool {
    let (mut gzip, mut plain, mut any) = (None, None, None);
    let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    for (name, weight) in choices(lines) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("gzip") || is("x-gzip") {
            gzip = Some(weight);
        } else if is("identity") {
            plain = Some(weight);
        } else if is("*") {
            any = Some(weight);
        }
    }
    gzip.or(any).is_some_and(|weight| weight > 0 && weight >= plain.unwrap_or(0))
}

/// The answer, compressed if it is worth it and welcome. One that may be says so to caches either way.
#[must_use]
pub fn compress(mut response: Response, is_welcome: bool) -> Response {
    if !is_worth_it(&response) {
        return response;
    }
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !is_welcome {
        return response;
    }
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::ACCEPT_RANGES);
    response.map(gzip)
}

fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    response.body().size_hint().exact().is_some_and(|bytes| bytes >= BYTES_MIN)
        && headers.get(header::CONTENT_TYPE).is_some_and(is_text)
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::CONTENT_RANGE)
}

fn is_text(media_type: &HeaderValue) -> bool {
    let text = media_type.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    TYPES.iter().any(|known| essence.eq_ignore_ascii_case(known))
}

fn gzip(body: Body) -> Body {
    let plain = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    Body::from_stream(ReaderStream::new(GzipEncoder::with_quality(plain, LEVEL)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(accepted: &str) -> bool {
        is_welcome(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted.parse().unwrap())]))
    }

    #[test]
    fn gzip_is_sent_to_whoever_names_it_and_does_not_prefer_plain_text() {
        for taken in ["gzip", "deflate, gzip;q=0.5, br", "GZIP", "x-gzip", "*", "gzip, identity;q=0.5"] {
            assert!(welcome(taken), "{taken}");
        }
        for refused in ["", "br", "gzip;q=0", "*;q=0", "identity", "gzip;q=0, *", "gzip;q=0.5, identity"] {
            assert!(!welcome(refused), "{refused}");
        }
        assert!(!is_welcome(&HeaderMap::new()));
    }

    fn answer(media_type: &'static str, bytes: usize) -> Response {
        let mut response = Response::new(Body::from("a".repeat(bytes)));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    #[test]
    fn text_from_1000_bytes_on_is_compressed_and_nothing_else() {
        let is_packed =
            |response: Response| compress(response, true).headers().contains_key(header::CONTENT_ENCODING);
        for text in TYPES.into_iter().chain(["application/json; charset=utf-8", "Text/CSS"]) {
            assert!(!is_packed(answer(text, 999)) && is_packed(answer(text, 1000)), "{text}");
        }
        for other in ["text/html", "image/png", "application/pdf", "text/event-stream", "text/csv", ""] {
            assert!(!is_packed(answer(other, 5000)), "{other}");
        }
        let mut packed = answer("text/plain", 5000);
        packed.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        assert_eq!(compress(packed, true).headers()[header::CONTENT_ENCODING], "br");
        let mut part = answer("text/plain", 5000);
        part.headers_mut().insert(header::CONTENT_RANGE, HeaderValue::from_static("bytes 0-4999/9999"));
        assert!(!is_packed(part));
        let stream = answer("text/plain", 0).map(|_| {
            let piece = || Ok::<_, io::Error>(axum::body::Bytes::from(vec![b'a'; 2000]));
            Body::from_stream(futures::stream::iter([piece(), piece()]))
        });
        assert!(!is_packed(stream));
    }

    #[test]
    fn an_answer_that_could_be_either_tells_caches_so() {
        let vary = |bytes, welcome| {
            compress(answer("text/plain", bytes), welcome).headers().get(header::VARY).cloned()
        };
        assert_eq!(vary(1000, false).unwrap(), "accept-encoding");
        assert_eq!(vary(1000, true).unwrap(), "accept-encoding");
        assert_eq!(vary(999, true), None);
    }
}
