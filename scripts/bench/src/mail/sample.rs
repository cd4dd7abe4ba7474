//! Mails as customers of a Turkish shop send them, each with what must be found in its ticket.
//!
//! In turns: a raw 8-bit text (ISO-8859-9 and windows-1254 alternate), quoted-printable UTF-8, HTML (with a plain
//! part or alone), and a text with a PDF.

use super::write::{base64_lines, quoted_printable, word_b, word_q};
use encoding_rs::WINDOWS_1254;

/// The size of an attached file.
pub const FILE_BYTES: usize = 8 << 10;
const BOUNDARY: &str = "=_asisttr-bench";

/// A mail and what it says.
pub struct Sample {
    pub raw: Vec<u8>,
    pub subject: String,
    /// A sentence that must stand in the ticket, letter by letter.
    pub sentence: String,
    pub files: usize,
}

/// The `n`-th mail to this address.
#[must_use]
pub fn mail(n: u32, to: &str) -> Sample {
    let subject = format!("Şikâyet {n:05}: iade ığüşöç İĞÜŞÖÇ");
    let sentence = format!("Çağrı {n:05}: ığdır kayısısı küflü çıktı, ücretini geri ödeyiniz.");
    let text = format!("Merhaba,\r\n{sentence}\r\nTeşekkürler,\r\nŞule Öğünç\r\n");
    let head = |subject: String| {
        format!(
            "From: =?UTF-8?Q?=C5=9Eule_=C3=96=C4=9F=C3=BCn=C3=A7?= <musteri{n}@ornek.com>\r\nTo: <{to}>\r\n\
             Subject: {subject}\r\nMessage-ID: <bench-{n}.{}@ornek.com>\r\n\
             Date: Fri, 20 Nov 2026 12:00:00 +0300\r\nMIME-Version: 1.0\r\n",
            uuid::Uuid::new_v4().simple()
        )
    };
    let (raw, files) = match n % 4 {
        0 => (eight_bit(n, head, &subject, &text), 0),
        1 => (head(word_b(&subject)).into_bytes().into_iter().chain(printable(&text)).collect(), 0),
        2 => (head(word_b(&subject)).into_bytes().into_iter().chain(html(n, &text)).collect(), 0),
        _ => (head(word_b(&subject)).into_bytes().into_iter().chain(with_file(&text)).collect(), 1),
    };
    Sample { raw, subject, sentence, files }
}

/// The two charsets agree on every Turkish letter; only windows-1254 has the euro sign.
fn eight_bit(n: u32, head: impl Fn(String) -> String, subject: &str, text: &str) -> Vec<u8> {
    let (charset, text) = match n % 8 {
        0 => ("ISO-8859-9", text.to_owned()),
        _ => ("windows-1254", format!("{text}Tutar: 100 €\r\n")),
    };
    let head = head(word_q(charset, &WINDOWS_1254.encode(subject).0));
    let kind =
        format!("Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    [head.as_bytes(), kind.as_bytes(), &WINDOWS_1254.encode(&text).0].concat()
}

fn printable(text: &str) -> Vec<u8> {
    let kind =
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    format!("{kind}{}", quoted_printable(text)).into_bytes()
}

fn html(n: u32, text: &str) -> Vec<u8> {
    let lines: String = text.lines().map(|line| format!("<p>{line}</p>\r\n")).collect();
    let page = format!("<html><head><style>p {{ color: #333 }}</style></head><body>{lines}</body></html>");
    let page = part("text/html; charset=utf-8", &base64_lines(page.as_bytes()));
    if n % 8 == 2 {
        return page.into_bytes();
    }
    let plain = part("text/plain; charset=utf-8", &base64_lines(text.as_bytes()));
    together("alternative", &[plain, page])
}

fn with_file(text: &str) -> Vec<u8> {
    let filling = (0..FILE_BYTES - 9).map(|n| b'a' + (n % 23) as u8);
    let pdf: Vec<u8> = b"%PDF-1.7\n".iter().copied().chain(filling).collect();
    let kind =
        "application/pdf; name=\"fatura.pdf\"\r\nContent-Disposition: attachment; filename=\"fatura.pdf\"";
    let plain = part("text/plain; charset=utf-8", &base64_lines(text.as_bytes()));
    together("mixed", &[plain, part(kind, &base64_lines(&pdf))])
}

fn part(kind: &str, base64: &str) -> String {
    format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}")
}

fn together(how: &str, parts: &[String]) -> Vec<u8> {
    let parts: String = parts.iter().map(|part| format!("--{BOUNDARY}\r\n{part}\r\n")).collect();
    format!("Content-Type: multipart/{how}; boundary=\"{BOUNDARY}\"\r\n\r\n{parts}--{BOUNDARY}--\r\n")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::mail::rules::read;

    #[test]
    fn every_sort_of_mail_reads_as_what_it_says() {
        for n in 0..8 {
            let sample = mail(n, "destek@kutu.test");
            let read = read(&sample.raw).unwrap();
            assert_eq!(read.subject, sample.subject, "{n}");
            assert!(read.text.contains(&sample.sentence), "{n}: {}", read.text);
            assert_eq!(read.attachments.len(), sample.files, "{n}");
        }
    }
}
