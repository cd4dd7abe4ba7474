//! One Redis list per queue, bounded by the queue's window. Nothing is left behind after a pop.

use super::{HEADROOM, Wire, parse_ids, ring};
use futures::future::{BoxFuture, FutureExt};
use jobs::{JobId, Queue};
use redis::aio::ConnectionManager;
use std::sync::LazyLock;
use uuid::Uuid;

static SEND: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        r"
local room = tonumber(ARGV[1]) - redis.call('llen', KEYS[1])
local count = math.min(room, #ARGV - 1)
for first = 2, count + 1, 1000 do
  redis.call('rpush', KEYS[1], unpack(ARGV, first, math.min(first + 999, count + 1)))
end
return #ARGV - 1 - math.max(count, 0)",
    )
});

/// The key of a queue's list; the braces keep it in one slot of a Redis cluster.
#[must_use]
pub fn key(queue: Queue) -> String {
    format!("asisttr:{{{}}}:ready", queue.name())
}

/// The sending side of the list transport.
pub struct ListWire {
    conn: ConnectionManager,
}

impl ListWire {
    #[must_use]
    pub fn new(conn: ConnectionManager) -> Self {
        Self { conn }
    }
}

impl Wire for ListWire {
    fn send<'a>(&'a self, queue: Queue, ids: &'a [JobId]) -> BoxFuture<'a, Result<usize, redis::RedisError>> {
        async move {
            let mut call = SEND.key(key(queue));
            call.arg(queue.window() * HEADROOM);
            for id in ids {
                call.arg(id.to_string());
            }
            call.invoke_async(&mut self.conn.clone()).await
        }
        .boxed()
    }

    fn waiting(&self, queue: Queue) -> BoxFuture<'_, Result<Vec<Uuid>, redis::RedisError>> {
        async move {
            let mut range = redis::cmd("LRANGE");
            range.arg(key(queue)).arg(0).arg(-1);
            Ok(parse_ids(range.query_async(&mut self.conn.clone()).await?))
        }
        .boxed()
    }

    fn depth(&self, queue: Queue) -> BoxFuture<'_, Result<usize, redis::RedisError>> {
        async move { redis::cmd("LLEN").arg(key(queue)).query_async(&mut self.conn.clone()).await }.boxed()
    }

    fn ring(&self) -> BoxFuture<'_, Result<(), redis::RedisError>> {
        ring(self.conn.clone()).boxed()
    }
}
