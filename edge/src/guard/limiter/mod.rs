//! Rate limits, counted in Redis so that all edges share them.
//!
//! A limiter must not become what it guards against: Redis gets a moment to answer, and while it is away each edge
//! counts for itself, within bounded memory. A limit of zero is no limit and costs nothing.

mod alone;
mod quota;

pub use quota::Quota;

use alone::Alone;
use redis::Script;
use redis::aio::ConnectionManager;
use schema::ledger::wire::connection;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_millis(80);
/// After a failure Redis is left alone for a while: not every request shall wait for it.
const PAUSE: Duration = Duration::from_secs(1);

/// How many requests of one client a window allows.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Names the counter: requests of different rules are counted apart.
    pub name: &'static str,
    /// 0 for no limit.
    pub requests_max: u32,
    pub window: Duration,
}

pub struct Limiter {
    redis: ConnectionManager,
    script: Script,
    alone: Alone,
    started: Instant,
    /// Until when Redis is not asked, in milliseconds since `started`.
    paused_until: AtomicU64,
}

impl Limiter {
    /// Connects with the first request.
    ///
    /// # Errors
    /// The URL cannot be read.
    pub fn open(redis_url: &str) -> anyhow::Result<Self> {
        Ok(Self {
            redis: connection(redis_url, PATIENCE)?,
            script: Script::new(include_str!("rate.lua")),
            alone: Alone::default(),
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
        })
    }

    /// Counts one request of a client. None without a limit.
    pub async fn take(&self, rule: Rule, client: IpAddr) -> Option<Quota> {
        if rule.requests_max == 0 {
            return None;
        }
        let key = format!("asisttr:rate:{}:{}", rule.name, household(client));
        if self.is_paused() {
            return Some(self.alone.take(rule, key, Instant::now()));
        }
        match tokio::time::timeout(PATIENCE, self.ask(rule, &key)).await {
            Ok(Ok(quota)) => Some(quota),
            Ok(Err(cause)) => Some(self.without_redis(rule, key, &cause.to_string())),
            Err(_) => Some(self.without_redis(rule, key, "no answer in time")),
        }
    }

    async fn ask(&self, rule: Rule, key: &str) -> redis::RedisResult<Quota> {
        let mut redis = self.redis.clone();
        let mut call = self.script.key(key);
        call.arg(rule.requests_max).arg(u64::try_from(rule.window.as_millis()).unwrap_or(u64::MAX));
        let (allowed, left, closes_ms): (u8, u32, u64) = call.invoke_async(&mut redis).await?;
        Ok(Quota {
            requests_max: rule.requests_max,
            requests_left: left,
            closes_in: Duration::from_millis(closes_ms),
            exceeded: allowed == 0,
        })
    }

    fn without_redis(&self, rule: Rule, key: String, cause: &str) -> Quota {
        self.paused_until.store(self.clock_ms() + PAUSE.as_millis() as u64, Ordering::Relaxed);
        tracing::warn!(cause, "rate limits are counted by this process alone: Redis is away");
        self.alone.take(rule, key, Instant::now())
    }

    fn is_paused(&self) -> bool {
        self.clock_ms() < self.paused_until.load(Ordering::Relaxed)
    }

    fn clock_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// An IPv6 customer owns at least a /64: its addresses count as one client.
fn household(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
    }
}
