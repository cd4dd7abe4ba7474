//! The requests. Each is written once; only the digits of its e-mail address change from one to the next.

use crate::settings::Body;
use serde_json::json;

pub const PDF_BYTES: usize = 64 << 10;
/// Stands where the number goes; as many digits replace it.
const NUMBER: &str = "000000000000";
const BOUNDARY: &str = "----asisttr-bench-7MA4YWxkTrZu0gW";

/// A request with a place for a number.
#[derive(Clone)]
pub struct Request {
    bytes: Vec<u8>,
    number_at: usize,
}

impl Request {
    /// The bytes, carrying `number`.
    pub fn numbered(&mut self, mut number: u64) -> &[u8] {
        let place = &mut self.bytes[self.number_at..self.number_at + NUMBER.len()];
        for digit in place.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        &self.bytes
    }
}

/// A ticket by the support form, of the site with this widget key.
#[must_use]
pub fn request(body: Body, key: &str) -> Request {
    let (kind, content) = match body {
        Body::Json => ("application/json".to_owned(), json().into_bytes()),
        Body::Form => ("application/x-www-form-urlencoded".to_owned(), form().into_bytes()),
        Body::Multipart => (format!("multipart/form-data; boundary={BOUNDARY}"), multipart()),
    };
    let head = format!(
        "POST /api/support/tickets/ HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\nUser-Agent: asisttr-bench\r\nAccept: application/json\r\n\r\n",
        content.len()
    );
    let bytes = [head.into_bytes(), content].concat();
    let found = bytes.windows(NUMBER.len()).rposition(|window| window == NUMBER.as_bytes());
    Request { bytes, number_at: found.expect("every body holds the number") }
}

const NAME: &str = "Ayşe Yılmaz";
const SUBJECT: &str = "Teknik Destek";
const MESSAGE: &str =
    "Siparişim üç gündür kargoda görünüyor ve takip numarası çalışmıyor. Yardımcı olur musunuz?";

fn fields() -> [(&'static str, String); 5] {
    [
        ("name", NAME.into()),
        ("email", format!("musteri{NUMBER}@ornek.com")),
        ("phone", "+90 532 111 22 33".into()),
        ("subject", SUBJECT.into()),
        ("message", MESSAGE.into()),
    ]
}

fn json() -> String {
    let fields = fields().map(|(name, value)| (name.to_owned(), json!(value)));
    json!(serde_json::Map::from_iter(fields)).to_string()
}

fn form() -> String {
    fields().map(|(name, value)| format!("{name}={}", percent(&value))).join("&")
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn multipart() -> Vec<u8> {
    let mut body = Vec::with_capacity(PDF_BYTES + 2048);
    let part =
        |head: String| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes();
    body.extend(part("name=\"attachment\"; filename=\"fatura.pdf\"\r\nContent-Type: application/pdf".into()));
    body.extend(pdf());
    body.extend(b"\r\n");
    for (name, value) in fields() {
        body.extend(part(format!("name=\"{name}\"")));
        body.extend(value.as_bytes());
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// The head and the end of a PDF, and 64 KiB in all.
fn pdf() -> Vec<u8> {
    let (head, tail): (&[u8], &[u8]) = (b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", b"\n%%EOF\n");
    let filling = (0..PDF_BYTES - head.len() - tail.len()).map(|n| b'a' + (n % 23) as u8);
    head.iter().copied().chain(filling).chain(tail.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_its_length_whatever_its_number() {
        for body in [Body::Json, Body::Form, Body::Multipart] {
            let mut request = request(body, "wk_x");
            let (first, last) = (request.numbered(0).to_vec(), request.numbered(999_999_999_999).to_vec());
            assert_eq!(first.len(), last.len());
            let text = String::from_utf8_lossy(&last).into_owned();
            assert!(text.contains("musteri999999999999"), "{body:?}");
            let (head, content) = text.split_once("\r\n\r\n").unwrap();
            let length = last.len() - head.len() - 4;
            assert!(head.contains(&format!("Content-Length: {length}\r\n")), "{content}");
        }
    }

    #[test]
    fn the_file_is_a_pdf_of_64_kib() {
        let pdf = pdf();
        assert_eq!(pdf.len(), 65_536);
        assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF\n"));
    }
}
