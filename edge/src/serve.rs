//! The listening socket: accepts connections within a bound, serves HTTP/1.1 on each, and drains when told to stop.
//!
//! The caller owns the socket and the stop signal, so that tests drive the real server.

use crate::State;
use crate::guard::address::Peer;
use crate::guard::{leftover, paths, version};
use anyhow::Context;
use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

const BACKLOG: u32 = 4096;
/// Read and write buffers of one connection, which it keeps; a request's head must fit. The least that hyper takes.
const BUFFER_BYTES_MAX: usize = 8 << 10;
/// For the head of a request, and for an idle connection until its next one.
const HEAD_PATIENCE: Duration = Duration::from_secs(60);
/// When the process has no file handle left, accepting again at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Opens the socket.
///
/// # Errors
/// The address is taken or not ours.
pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address).with_context(|| format!("LISTEN {address} cannot be used"))?;
    Ok(socket.listen(BACKLOG)?)
}

/// Serves until `stop`, then finishes running requests within the configured time.
///
/// # Errors
/// The socket has no address.
pub async fn serve(
    listener: TcpListener,
    state: State,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    tracing::info!(address = %listener.local_addr()?, "edge listens");
    let (app, http, graceful) = (crate::app(state.clone()), http(), GracefulShutdown::new());
    let room = Arc::new(Semaphore::new(state.config.max_connections.clamp(1, Semaphore::MAX_PERMITS)));
    tokio::pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &room) => accepted,
        };
        tokio::spawn(converse(http.clone(), stream, peer, app.clone(), graceful.watcher(), place));
    }
    drop(listener);
    state.stop_being_ready();
    drain(graceful, state.config.drain()).await;
    Ok(())
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).max_buf_size(BUFFER_BYTES_MAX);
    http
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = room.clone().acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(cause) => {
                tracing::warn!(%cause, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn converse(
    http: http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    watcher: Watcher,
    _place: OwnedSemaphorePermit,
) {
    // Without it the last packet of an answer may wait for an acknowledgement. A socket that refuses still works.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = leftover::keep(request);
        request.extensions_mut().insert(Peer(peer));
        paths::normalize(request.uri_mut());
        version::enter(&mut request);
        app.clone().call(request)
    });
    let connection = http.serve_connection(TokioIo::new(stream), service);
    if let Err(cause) = watcher.watch(connection).await {
        tracing::debug!(%cause, "a connection ended early");
    }
}

async fn drain(graceful: GracefulShutdown, patience: Duration) {
    tracing::info!(seconds = patience.as_secs(), "edge stops: running requests are finished");
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running and were cut off");
    }
}
