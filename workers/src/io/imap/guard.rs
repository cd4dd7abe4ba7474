//! A stream that counts what the server sends.
//!
//! The IMAP library takes any announced length at its word, up to 512 MiB. This wrapper follows lines and
//! literals (`{123}` at a line's end announces 123 bytes) and breaks the connection before the library makes
//! room for what is too large.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of one response, its literals included: a message of a batch, or a piece of a large one.
const RESPONSE_BYTES_MAX: u64 = super::plan::BATCH_BYTES_MAX + super::plan::BATCH_BYTES_MAX / 4 + 1024 * 1024;
/// Bytes of one line between literals.
const LINE_BYTES_MAX: u64 = 256 * 1024;
/// Enough of a line's end to hold `{4294967295}`.
const TAIL: usize = 16;

/// Anything that can be read and written.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Wire for T {}

#[derive(Debug)]
pub(super) struct Guarded {
    inner: Box<dyn Wire>,
    count: Count,
}

impl Guarded {
    pub(super) fn new(inner: Box<dyn Wire>) -> Guarded {
        Guarded { inner, count: Count::default() }
    }

    pub(super) fn into_inner(self) -> Box<dyn Wire> {
        self.inner
    }
}

impl AsyncRead for Guarded {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        Poll::Ready(self.count.add(&buf.filled()[before..]))
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[derive(Debug, Default)]
struct Count {
    response: u64,
    line: u64,
    literal: u64,
    tail: Vec<u8>,
}

impl Count {
    fn add(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let taken = if self.literal > 0 { self.skip_literal(bytes) } else { self.line(bytes)? };
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    fn skip_literal(&mut self, bytes: &[u8]) -> usize {
        let taken = usize::try_from(self.literal).unwrap_or(usize::MAX).min(bytes.len());
        self.literal -= taken as u64;
        taken
    }

    fn line(&mut self, bytes: &[u8]) -> Result<usize> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1);
        self.line += taken as u64;
        self.response += taken as u64;
        self.tail.extend_from_slice(&bytes[taken.saturating_sub(TAIL)..taken]);
        self.tail.drain(..self.tail.len().saturating_sub(TAIL));
        if end.is_some() {
            self.end_line();
        }
        let is_too_much = self.line > LINE_BYTES_MAX || self.response > RESPONSE_BYTES_MAX;
        if is_too_much { Err(Error::from(ErrorKind::FileTooLarge)) } else { Ok(taken) }
    }

    /// A line that announces a literal goes on behind it; any other ends the response.
    fn end_line(&mut self) {
        self.line = 0;
        match announced(&self.tail) {
            Some(length) => {
                self.literal = length;
                self.response = self.response.saturating_add(length);
            }
            None => self.response = 0,
        }
        self.tail.clear();
    }
}

/// The length a line's end announces. Digits without a visible beginning are an attack with leading zeros.
fn announced(tail: &[u8]) -> Option<u64> {
    let inner = tail.trim_ascii_end().strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let digits = inner.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match inner.len().checked_sub(digits + 1) {
        None => Some(u64::MAX),
        Some(open) if inner[open] == b'{' => std::str::from_utf8(&inner[open + 1..]).ok()?.parse().ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(pieces: &[&[u8]]) -> Result<Count> {
        let mut count = Count::default();
        pieces.iter().try_for_each(|piece| count.add(piece))?;
        Ok(count)
    }

    #[test]
    fn a_literal_is_skipped_whatever_it_holds_and_the_response_ends_after_it() {
        let count = feed(&[b"* 1 FETCH (BODY[] {1", b"2}\r", b"\n{99999999}\r\n", b")\r\n"]).unwrap();
        assert_eq!((count.response, count.literal, count.line), (0, 0, 0));
    }

    #[test]
    fn a_literal_at_the_limit_passes_and_one_past_it_does_not() {
        let line = |length: u64| format!("* 1 FETCH (BODY[] {{{length}}}\r\n");
        let most = RESPONSE_BYTES_MAX - line(10_000_000).len() as u64;
        assert!(feed(&[line(most).as_bytes()]).is_ok());
        assert!(feed(&[line(most + 1).as_bytes()]).is_err());
        assert!(feed(&[line(u64::MAX).as_bytes()]).is_err());
        assert!(feed(&[b"* 1 FETCH (BODY[] {00000000000000000099999999}\r\n"]).is_err());
    }

    #[test]
    fn a_line_without_end_and_literals_without_end_are_refused() {
        assert!(feed(&[&vec![b'a'; LINE_BYTES_MAX as usize]]).is_ok());
        assert!(feed(&[&vec![b'a'; LINE_BYTES_MAX as usize + 1]]).is_err());
        let many = b"{1000000}\r\n".iter().copied().chain(vec![b'x'; 1_000_000]).collect::<Vec<u8>>();
        assert!(feed(&vec![many.as_slice(); 50]).is_err());
    }
}
