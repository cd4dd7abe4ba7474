//! A request's body as a stream of small pieces, with a watch on time and on bytes nobody asked for.
//!
//! The multipart parser reads ahead until its source is not ready, so a fast client would fill memory whatever the
//! consumer does. [`Metered`] therefore hands out at most 32 KiB at a time and is "not ready" once after each piece.
//! What the parser swallows without giving it to us (preamble, headers, boundaries) is bounded by [`Claims`].

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::time::{Duration, Instant, Sleep};

use super::error::DecodeError;
use super::options::{Options, Pace};

const PIECE_BYTES_MAX: usize = 32 << 10;
/// Bytes read but not claimed: all part headers and boundaries of a request, plus what the parser holds in flight.
const UNCLAIMED_BYTES_MAX: u64 = 160 << 10;

/// What is read on behind an answer, and for how long.
const LINGER_BYTES_MAX: usize = 32 << 20;
const LINGER: Duration = Duration::from_secs(10);

/// Counts bytes that were read from the client and not yet taken as somebody's value.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims(Arc<AtomicU64>);

impl Claims {
    /// Marks bytes as taken.
    pub(super) fn claim(&self, bytes: usize) {
        self.0.fetch_sub(bytes as u64, Ordering::Relaxed);
    }

    fn read(&self, bytes: usize) -> Result<(), DecodeError> {
        let unclaimed = self.0.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if unclaimed > UNCLAIMED_BYTES_MAX {
            return Err(DecodeError::Multipart("part headers are too large".into()));
        }
        Ok(())
    }
}

/// A body under watch. Ends after its first error.
pub(super) struct Metered {
    body: BodyDataStream,
    piece: Bytes,
    just_gave: bool,
    ended: bool,
    claims: Claims,
    clock: Clock,
}

impl Metered {
    pub(super) fn new(body: Body, pace: Pace) -> (Self, Claims) {
        let claims = Claims::default();
        let metered = Self {
            body: body.into_data_stream(),
            piece: Bytes::new(),
            just_gave: false,
            ended: false,
            claims: claims.clone(),
            clock: Clock::new(pace),
        };
        (metered, claims)
    }

    /// The next piece of the client's bytes, none of them counted yet.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, DecodeError>>> {
        while self.piece.is_empty() {
            match self.body.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(bytes))) => {
                    self.clock.saw(bytes.len());
                    self.piece = bytes;
                }
                Poll::Ready(Some(Err(cause))) => return Poll::Ready(Some(Err(DecodeError::Broken(cause)))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    ready!(self.clock.poll_over(context));
                    return Poll::Ready(Some(Err(DecodeError::TooSlow)));
                }
            }
        }
        let bytes = self.piece.len().min(PIECE_BYTES_MAX);
        Poll::Ready(Some(Ok(self.piece.split_to(bytes))))
    }
}

impl Stream for Metered {
    type Item = Result<Bytes, DecodeError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if std::mem::take(&mut self.just_gave) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = ready!(self.poll_piece(context));
        let next = next.map(|piece| piece.and_then(|piece| self.claims.read(piece.len()).map(|()| piece)));
        self.ended = !matches!(next, Some(Ok(_)));
        self.just_gave = !self.ended;
        Poll::Ready(next)
    }
}

/// Reads a whole body of at most `body_bytes_max` bytes into memory.
pub(super) async fn read_all(body: Body, options: &Options<'_>) -> Result<Vec<u8>, DecodeError> {
    let bytes_max = options.body_bytes_max;
    let (mut metered, claims) = Metered::new(body, options.pace);
    let mut whole = Vec::new();
    while let Some(piece) = metered.next().await {
        let piece = piece?;
        claims.claim(piece.len());
        if whole.len() + piece.len() > bytes_max {
            return Err(DecodeError::BodyTooLarge { max: bytes_max });
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

/// Reads on behind an answer that was given before the body was read, within bounds: a connection that is closed while
/// its client still writes is reset, and the answer lost with it.
pub(super) fn linger(body: Body) {
    let mut pieces = body.into_data_stream();
    let mut left = LINGER_BYTES_MAX;
    let reads = async move {
        while let Some(Ok(piece)) = pieces.next().await {
            let Some(rest) = left.checked_sub(piece.len()) else { return };
            left = rest;
        }
    };
    tokio::spawn(tokio::time::timeout(LINGER, reads));
}

/// Rings when a body is too slow. Only the time we wait for the client counts: a slow disk of ours is not held
/// against it.
struct Clock {
    pace: Pace,
    bytes: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
    bell: Pin<Box<Sleep>>,
}

impl Clock {
    fn new(pace: Pace) -> Self {
        let bell = Box::pin(tokio::time::sleep(pace.idle));
        Self { pace, bytes: 0, waited: Duration::ZERO, waiting_since: None, bell }
    }

    fn saw(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        self.waited += self.waiting_since.take().map_or(Duration::ZERO, |since| since.elapsed());
    }

    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.waiting_since.is_none() {
            let now = Instant::now();
            let until = now + self.patience();
            self.waiting_since = Some(now);
            self.bell.as_mut().reset(until);
        }
        self.bell.as_mut().poll(context)
    }

    fn patience(&self) -> Duration {
        let earned = Duration::from_secs(self.bytes / u64::from(self.pace.bytes_per_second_min.max(1)));
        (self.pace.grace + earned).saturating_sub(self.waited).min(self.pace.idle)
    }
}
