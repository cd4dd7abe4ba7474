//! A mail of 50 MB is read within 128 MB of memory, whatever it is made of. A program of its own, because the memory of
//! a process has one high-water mark for all that it does.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use schema::mail::rules::read::SIZE_BYTES_MAX;
use schema::mail::rules::read_owned;

const MEMORY_BYTES_MAX: usize = 128_000_000;
const HEAD: &str = "From: ayse@musteri.test\r\nTo: destek@ornek.test\r\nSubject: x\r\n";
const PARTS: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
const BASE64: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n";
const UU: &str = "M86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A\r\n";

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

/// A part of its type and encoding below a short text.
fn part(kind: &str, encoding: &str) -> String {
    format!(
        "{PARTS}--b\r\n\r\nMerhaba\r\n--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
}

/// What a mail can consist of: head, and what is repeated.
fn kinds() -> Vec<(&'static str, String, &'static str)> {
    let alone = |kind: &str, encoding: &str| {
        format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n")
    };
    let broken = "Content-Type: multipart/mixed; boundary=other\r\n\r\n--b\r\n\r\nMerhaba\r\n--b\r\n";
    let file = "Content-Type: application/pdf\r\n\r\n";
    vec![
        ("a file in base64", part("application/pdf; name=a.pdf", "base64"), BASE64),
        ("a file in base64 under a boundary that is wrong", format!("{broken}{}", alone("application/pdf", "base64")), BASE64),
        ("a file in quoted-printable", part("application/pdf", "quoted-printable"), "=41=42=43=\r\n"),
        ("a file in clear quoted-printable", part("application/pdf", "quoted-printable"), "abcdefghij klmnopq\r\n"),
        ("a file in uuencode", format!("{}begin 644 a.pdf\r\n", part("application/pdf", "x-uuencode")), UU),
        ("a file as it is", part("application/pdf", "binary"), "abcdefghij\r\n"),
        ("a file as it is under a boundary that is wrong", format!("{broken}{file}"), "abcdefghij\r\n"),
        ("a file that is no base64", part("application/pdf", "base64"), "*!?. %&/()\r\n"),
        ("a file that is the mail", alone("application/pdf", "8bit"), "abcdefghij\r\n"),
        ("a file without an encoding", part("application/pdf", ""), BASE64),
        ("a text file", part("text/plain; name=a.txt", "8bit"), "Siparişim gelmedi.\r\n"),
        ("a packed file of Microsoft's", part("application/ms-tnef", "base64"), BASE64),
        ("a mail in the mail", part("message/rfc822", "8bit"), "Subject: x\r\n\r\nabcdefghij\r\n"),
        ("an invitation", part("text/calendar", "8bit"), "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n"),
        ("a report", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n".into(), "Final-Recipient: rfc822; a@b.test\r\nStatus: 5.1.1\r\n\r\n"),
        ("a text", alone("text/plain; charset=iso-8859-9", "8bit"), "Siparişim gelmedi.\r\n"),
        ("a text in UTF-8", alone("text/plain; charset=utf-8", "8bit"), "Siparişim gelmedi, ığdır.\r\n"),
        ("a text in UTF-16", alone("text/plain; charset=utf-16", "8bit"), "S\0i\0p\0"),
        ("a text in UTF-7", alone("text/plain; charset=utf-7", "7bit"), "Sipari+AV8-im\r\n"),
        ("a text in Japanese", alone("text/plain; charset=iso-2022-jp", "7bit"), "\u{1b}$BF|K\\8l\u{1b}(B\r\n"),
        ("a text in base64", alone("text/plain; charset=utf-8", "base64"), BASE64),
        ("a text in quoted-printable", alone("text/plain; charset=utf-8", "quoted-printable"), "Sipari=C5=9Fim =\r\n"),
        ("a text of soft lines", alone("text/plain; format=flowed; delsp=yes", "8bit"), "> a \r\n"),
        ("a text with files in it", alone("text/plain", "8bit"), "begin 644 a\r\n#86%A\r\n`\r\nend\r\n"),
        ("a text with one file in it", format!("{}begin 644 a.pdf\r\n", alone("text/plain", "8bit")), UU),
        ("a text of doubled returns", "X: y\r\r\n\r\r\n".into(), "Merhaba\r\r\n"),
        ("a text of returns alone", "\r\r".into(), "Merhaba\r"),
        ("a text read wrongly twice", alone("text/plain; charset=utf-8", "8bit"), "SipariÅŸim Ã¼Ã§\r\n"),
        ("a line", "\r\n".into(), "x"),
        ("zeros", "\r\n".into(), "\0"),
        ("empty lines", "\r\n".into(), "\n"),
        ("quotes", "\r\n".into(), "> x\r\n"),
        ("deep quotes", "\r\n".into(), ">>>>>>>>"),
        ("signatures", "\r\n".into(), "-- \r\nAyşe\r\n"),
        ("attributions", "\r\n".into(), "21 Kasım 2026 tarihinde Ayşe <a@b.test> şunu yazdı:\r\n> x\r\n"),
        ("a page", alone("text/html", "8bit"), "<p>Siparişim <b>gelmedi</b></p>"),
        ("a page of open tags", alone("text/html", "8bit"), "<div><b><i>"),
        ("a page of pictures", alone("text/html", "8bit"), "<img src=cid:a><img src=https://x.test/a.png>"),
        ("a page of signs", alone("text/html", "8bit"), "&amp;&lt;&#351;&"),
        ("a page of tables", alone("text/html", "8bit"), "<table><tr><td>x"),
        ("a page in base64", alone("text/html", "base64"), BASE64),
        ("pages", "Content-Type: multipart/alternative; boundary=b\r\n\r\n".into(), "--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n"),
        ("boundaries of nothing", PARTS.into(), "--a\r\n"),
        ("boundaries that begin alike", format!("{PARTS}--b\r\n\r\nx\r\n"), "--bx\r\n"),
        ("parts", PARTS.into(), "--b\r\n\r\nx\r\n"),
        ("multiparts in multiparts", PARTS.into(), "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"),
        ("headers", String::new(), "X-A: b\r\n"),
        ("loose folds", "\r\n".into(), " x\r\n"),
    ]
}

#[test]
fn a_mail_of_50_megabytes_is_read_within_128_megabytes() {
    for (name, head, piece) in kinds() {
        // The mark of the mail before it is taken away.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let found = read_owned(mail(&head, piece)).map(|mail| mail.text.len() + mail.attachments.len());
        println!("{:>6.1} MB  {name}: {found:?}", memory_bytes() as f64 / 1e6);
        assert!(memory_bytes() <= MEMORY_BYTES_MAX, "{name}: {} bytes of memory, {found:?}", memory_bytes());
    }
}
