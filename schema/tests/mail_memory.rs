//! A mail of 50 MB is read within 128 MB of memory, whatever it is made of. A program of its own, because the memory of
//! a process has one high-water mark for all that it does.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use schema::mail::rules::read;
use schema::mail::rules::read::SIZE_BYTES_MAX;

const MEMORY_BYTES_MAX: usize = 128 * 1024 * 1024;
const HEAD: &str = "From: ayse@musteri.test\r\nTo: destek@ornek.test\r\nSubject: x\r\n";
const FILE: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nMerhaba\r\n--b\r\n\
    Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/// A mail of exactly the largest size.
fn mail(head: &str, piece: &str) -> Vec<u8> {
    let mut raw = Vec::with_capacity(SIZE_BYTES_MAX);
    raw.extend_from_slice(HEAD.as_bytes());
    raw.extend_from_slice(head.as_bytes());
    while raw.len() + piece.len() <= SIZE_BYTES_MAX {
        raw.extend_from_slice(piece.as_bytes());
    }
    raw
}

/// Bytes of memory this process has had at most.
fn memory_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
fn a_mail_of_50_megabytes_is_read_within_128_megabytes() {
    let base64 = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n";
    let cases = [
        ("a file", FILE, base64),
        ("a text", "Content-Type: text/plain; charset=iso-8859-9\r\n\r\n", "Siparişim gelmedi.\r\n"),
        ("a line", "\r\n", "x"),
        ("empty lines", "\r\n", "\n"),
        ("quotes", "\r\n", "> x\r\n"),
        ("a page", "Content-Type: text/html\r\n\r\n", "<p>Siparişim <b>gelmedi</b></p>"),
        ("boundaries of nothing", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--a\r\n"),
        ("parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n"),
        ("headers", "", "X-A: b\r\n"),
    ];
    for (name, head, piece) in cases {
        let raw = mail(head, piece);
        let found = read(&raw).map(|mail| mail.text.len() + mail.attachments.len());
        assert!(memory_bytes() <= MEMORY_BYTES_MAX, "{name}: {} bytes of memory, {found:?}", memory_bytes());
    }
}
