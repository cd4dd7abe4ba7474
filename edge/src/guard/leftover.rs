//! What a client still sends when its answer is ready.
//!
//! Most clients write their whole body before they read a byte. A connection that ends meanwhile resets them, and they
//! never see why they were refused; so the rest of a body is read and thrown away, within bounds.

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, header};
use futures::StreamExt;
use hyper::body::{Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Somewhat more than the largest form with files; whoever sends more is cut off.
const BYTES_MAX: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// A body whose rest is read out when nobody else reads it to its end.
struct Leftover(Option<Incoming>);

/// The request with such a body. Who waits for leave to send (`Expect`) is not made to send in vain.
pub fn keep(request: Request<Incoming>) -> Request<Body> {
    let waits = request.headers().contains_key(header::EXPECT);
    request.map(|body| match body.is_end_stream() || waits {
        true => Body::new(body),
        false => Body::new(Leftover(Some(body))),
    })
}

impl HttpBody for Leftover {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let Some(body) = self.0.take().filter(|body| !body.is_end_stream()) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(PATIENCE, read_out(body)));
        }
    }
}

async fn read_out(body: Incoming) {
    let (mut rest, mut read) = (Body::new(body).into_data_stream(), 0);
    while read < BYTES_MAX
        && let Some(Ok(bytes)) = rest.next().await
    {
        read += bytes.len();
    }
}
