//! Connections that may wait in a blocking command: each belongs to one waiter, and every wait has its own bound.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult};
use std::time::Duration;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// Connects without a bound on answers: [`in_time`] sets it, for each command anew.
pub(super) async fn connect(client: &Client) -> RedisResult<MultiplexedConnection> {
    let config =
        AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(None);
    in_time(CONNECT * 2, client.get_multiplexed_async_connection_with_config(&config)).await
}

/// Waits for an answer at most so long; the connection should not be used again after that.
pub(super) async fn in_time<T>(
    at_most: Duration,
    answer: impl Future<Output = RedisResult<T>>,
) -> RedisResult<T> {
    tokio::time::timeout(at_most, answer).await.unwrap_or_else(|_| Err(late()))
}

fn late() -> RedisError {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "Redis did not answer in time").into()
}
