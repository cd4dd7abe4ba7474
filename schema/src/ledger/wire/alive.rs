//! Signs of life: each worker process says every few seconds which parts of the fleet it is (B23-06).
//!
//! A sorted set per part holds its processes by the time of their last sign, told by Redis' own clock, so that
//! machines need not agree on theirs. Nothing depends on it but what operators see.

use redis::Script;
use redis::aio::ConnectionManager;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// Between two signs.
pub const PERIOD: Duration = Duration::from_secs(10);
/// A process that was silent for this long counts as gone.
pub const SILENCE_SECONDS_MAX: u64 = 30;

const BEAT: &str = "
local now = tonumber(redis.call('TIME')[1])
for _, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[1])
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ARGV[2])
    redis.call('EXPIRE', key, ARGV[2])
end";

const COUNT: &str = "
local now, counts = tonumber(redis.call('TIME')[1]), {}
for at, key in ipairs(KEYS) do counts[at] = redis.call('ZCOUNT', key, now - ARGV[1], '+inf') end
return counts";

/// One process's signs of life.
pub struct Alive {
    redis: ConnectionManager,
    process: Uuid,
    keys: Vec<String>,
    beat: Script,
}

impl Alive {
    /// A process that is these parts: names of queues, `relay`, `clock`.
    #[must_use]
    pub fn new<'a>(redis: ConnectionManager, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = parts.into_iter().map(key).collect();
        Self { redis, process: Uuid::new_v4(), keys, beat: Script::new(BEAT) }
    }

    /// # Errors
    /// Redis is away.
    pub async fn beat(&self) -> redis::RedisResult<()> {
        let mut call = self.beat.prepare_invoke();
        self.keys.iter().for_each(|key| {
            call.key(key);
        });
        call.arg(self.process.to_string()).arg(SILENCE_SECONDS_MAX);
        call.invoke_async(&mut self.redis.clone()).await
    }

    /// Takes the process off the lists, as one that ends in order does.
    ///
    /// # Errors
    /// Redis is away; then silence says it.
    pub async fn bow(&self) -> redis::RedisResult<()> {
        let mut pipe = redis::pipe();
        for key in &self.keys {
            pipe.cmd("ZREM").arg(key).arg(self.process.to_string()).ignore();
        }
        pipe.query_async(&mut self.redis.clone()).await
    }
}

/// How many processes of each part are alive.
///
/// # Errors
/// Redis is away.
pub async fn count<'a>(
    mut redis: ConnectionManager,
    parts: &[&'a str],
) -> redis::RedisResult<BTreeMap<&'a str, u64>> {
    let script = Script::new(COUNT);
    let mut call = script.prepare_invoke();
    for part in parts {
        call.key(key(part));
    }
    let counts: Vec<u64> = call.arg(SILENCE_SECONDS_MAX).invoke_async(&mut redis).await?;
    Ok(parts.iter().copied().zip(counts).collect())
}

fn key(part: &str) -> String {
    format!("asisttr:alive:{part}")
}
