//! The wire: carries job ids from whoever committed to whoever works. Never a payload.
//!
//! Two implementations, held to the same tests: [`list::ListWire`], a bounded Redis list per queue, and
//! [`apalis::ApalisWire`], the keys that apalis-redis's own storage reads. A wire may forget, repeat and reorder;
//! it must not grow beyond its bound.

pub mod alive;
pub mod apalis;
pub mod check;
pub mod list;

use futures::future::BoxFuture;
use jobs::{JobId, Queue};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Sends ids towards the workers.
pub trait Wire: Send + Sync {
    /// Hands over ids of one queue; returns how many found no room.
    fn send<'a>(&'a self, queue: Queue, ids: &'a [JobId]) -> BoxFuture<'a, Result<usize, redis::RedisError>>;

    /// The ids now waiting in a queue, at most its bound.
    fn waiting(&self, queue: Queue) -> BoxFuture<'_, Result<Vec<Uuid>, redis::RedisError>>;

    /// How many ids now wait in a queue.
    fn depth(&self, queue: Queue) -> BoxFuture<'_, Result<usize, redis::RedisError>>;

    /// Wakes a sleeping relay.
    fn ring(&self) -> BoxFuture<'_, Result<(), redis::RedisError>>;
}

/// Which wire carries the ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum Transport {
    /// A bounded list per queue.
    #[default]
    List,
    /// apalis-redis's storage.
    Apalis,
}

/// How far beyond the relay's window those who commit may fill a queue: their fresh jobs find room even while
/// the relay works off a backlog.
pub const HEADROOM: usize = 2;

/// Wakes the relay.
pub const BELL: &str = "asisttr:relay:bell";

/// Opens the sending side. Connects in the background: a Redis that is down delays nobody.
///
/// # Errors
/// The URL cannot be read.
pub fn open(url: &str, transport: Transport) -> redis::RedisResult<Arc<dyn Wire>> {
    let manager = connection(url, Duration::from_secs(2))?;
    Ok(match transport {
        Transport::List => Arc::new(list::ListWire::new(manager)),
        Transport::Apalis => Arc::new(apalis::ApalisWire::new(manager)),
    })
}

/// A connection that mends itself and gives up on an answer after `patience`.
///
/// # Errors
/// The URL cannot be read.
pub fn connection(url: &str, patience: Duration) -> redis::RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(2)))
        .set_response_timeout(Some(patience))
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_millis(500));
    ConnectionManager::new_lazy_with_config(redis::Client::open(url)?, config)
}

pub(crate) async fn ring(mut conn: ConnectionManager) -> Result<(), redis::RedisError> {
    redis::pipe()
        .cmd("LPUSH")
        .arg(BELL)
        .arg(1)
        .ignore()
        .cmd("LTRIM")
        .arg(BELL)
        .arg(0)
        .arg(0)
        .ignore()
        .query_async(&mut conn)
        .await
}

pub(crate) fn parse_ids(raw: Vec<String>) -> Vec<Uuid> {
    raw.iter().filter_map(|id| id.parse().ok()).collect()
}
