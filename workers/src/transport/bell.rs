//! The relay's doorbell: a wait that ends when somebody rings.

use super::link::{connect, in_time};
use redis::aio::MultiplexedConnection;
use schema::ledger::wire::BELL;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long connecting, or an answer beyond the agreed wait, may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits for rings on a connection of its own. One relay, one bell.
pub struct Bell {
    client: redis::Client,
    conn: Mutex<Option<MultiplexedConnection>>,
}

impl Bell {
    /// Opens no connection yet.
    ///
    /// # Errors
    /// The URL cannot be read.
    pub fn new(redis_url: &str) -> redis::RedisResult<Self> {
        Ok(Self { client: redis::Client::open(redis_url)?, conn: Mutex::new(None) })
    }

    /// Waits until somebody rings, or `at_most`. While Redis is away it waits the whole time. May be dropped.
    pub async fn wait(&self, at_most: Duration) {
        let silence = tokio::time::sleep(at_most);
        if let Err(error) = self.rung(at_most).await {
            tracing::debug!(%error, "the bell cannot be heard");
            silence.await;
        }
    }

    /// Takes the connection out while it waits: a wait that is dropped drops it too, and no forgotten pop
    /// swallows the next ring.
    async fn rung(&self, at_most: Duration) -> redis::RedisResult<()> {
        let known = self.conn.lock().await.take();
        let mut conn = match known {
            Some(conn) => conn,
            None => connect(&self.client).await?,
        };
        // Zero would mean for ever.
        let wait = at_most.max(Duration::from_millis(1));
        let mut pop = redis::cmd("BLPOP");
        pop.arg(BELL).arg(wait.as_secs_f64());
        in_time(wait + PATIENCE, pop.query_async::<redis::Value>(&mut conn)).await?;
        *self.conn.lock().await = Some(conn);
        Ok(())
    }
}
