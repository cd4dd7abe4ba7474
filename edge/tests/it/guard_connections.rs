//! What a connection says to clients that send more than is read.

use crate::desk::Desk;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Writes all of it before reading a byte, as most clients do, and reads until `until` has come.
async fn say(stream: &mut TcpStream, head: &str, body: &[u8], until: &str) -> String {
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains(until) {
        assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0, "{}", String::from_utf8_lossy(&heard));
    }
    String::from_utf8(heard).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_far_too_much_still_reads_why_it_was_refused_and_may_go_on() {
    let desk = Desk::new().await;
    let mut stream = TcpStream::connect(desk.address).await.unwrap();
    let body = vec![b'x'; 40 << 20];
    let head = format!(
        "POST /api/auth/login HTTP/1.1\r\nhost: desk.test\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let refused = say(&mut stream, &head, &body, "}").await;
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    let next = "GET /health/live HTTP/1.1\r\nhost: desk.test\r\n\r\n";
    let answer = say(&mut stream, next, b"", "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_leave_is_refused_before_sending() {
    let desk = Desk::new().await;
    let mut stream = TcpStream::connect(desk.address).await.unwrap();
    let head = "POST /api/auth/login HTTP/1.1\r\nhost: desk.test\r\ncontent-type: application/json\r\n\
                expect: 100-continue\r\ncontent-length: 40000000\r\n\r\n";
    let refused = say(&mut stream, head, b"", "}").await;
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_large_or_none_at_all_is_told_so() {
    let desk = Desk::new().await;
    let large = format!("GET / HTTP/1.1\r\nhost: desk.test\r\nx: {}\r\n\r\n", "a".repeat(9000));
    for (head, status) in [(large.as_str(), "431"), ("nonsense\r\n\r\n", "400")] {
        let mut stream = TcpStream::connect(desk.address).await.unwrap();
        let answer = say(&mut stream, head, b"", "\r\n\r\n").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
}
