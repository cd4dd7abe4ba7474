//! Rate limits, counted in Redis so that all edges share them.
//!
//! [`Limiter::take`] counts requests, [`Limiter::tried`] counts failures. A limiter must not become what it guards
//! against: Redis gets a moment to answer, and while it is away each edge counts for itself, within bounded memory.
//! A limit of zero is no limit and costs nothing.

mod alone;
mod quota;
mod tries;
mod who;

pub use quota::Quota;
pub use tries::Refused;
pub use who::Who;

use alone::Alone;
use redis::aio::ConnectionManager;
use redis::{RedisResult, Script};
use schema::ledger::wire::connection;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tries::AloneTries;

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("rate.lua")));

const PATIENCE: Duration = Duration::from_millis(80);
/// After a failure Redis is left alone for a while: not every request shall wait for it.
const PAUSE: Duration = Duration::from_secs(1);

/// How many requests of one client a window allows; for [`Limiter::tried`], how many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Names the counter: requests of different rules are counted apart.
    pub name: &'static str,
    /// 0 for no limit.
    pub requests_max: u32,
    pub window: Duration,
}

pub struct Limiter {
    redis: ConnectionManager,
    alone: Alone,
    tries: AloneTries,
    started: Instant,
    /// Until when Redis is not asked, in milliseconds since `started`.
    paused_until: AtomicU64,
}

impl Rule {
    fn window_ms(self) -> u64 {
        u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX)
    }

    fn quota(self, left: u32, closes_ms: u64, exceeded: bool) -> Quota {
        let closes_in = Duration::from_millis(closes_ms);
        Quota { requests_max: self.requests_max, requests_left: left, closes_in, exceeded }
    }
}

impl Limiter {
    /// Connects with the first request.
    ///
    /// # Errors
    /// The URL cannot be read.
    pub fn open(redis_url: &str) -> anyhow::Result<Self> {
        Ok(Self {
            redis: connection(redis_url, PATIENCE)?,
            alone: Alone::default(),
            tries: AloneTries::default(),
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
        })
    }

    /// Counts one request of a client. None without a limit.
    pub async fn take(&self, rule: Rule, who: impl Into<Who>) -> Option<Quota> {
        if rule.requests_max == 0 {
            return None;
        }
        let key = who.into().key(rule);
        let asked = async {
            let mut redis = self.redis.clone();
            let mut call = TAKE.key(&key);
            call.arg(rule.requests_max).arg(rule.window_ms()).invoke_async(&mut redis).await
        };
        let answer: Option<(u8, u32, u64)> = self.shared(asked).await;
        Some(match answer {
            Some((allowed, left, closes_ms)) => rule.quota(left, closes_ms, allowed == 0),
            None => self.alone.take(rule, key, Instant::now()),
        })
    }

    /// What Redis answers; nothing while it is away.
    async fn shared<T>(&self, asked: impl Future<Output = RedisResult<T>>) -> Option<T> {
        if self.is_paused() {
            return None;
        }
        let cause = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(cause)) => cause.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        self.paused_until.store(self.clock_ms() + PAUSE.as_millis() as u64, Ordering::Relaxed);
        tracing::warn!(cause, "rate limits are counted by this process alone: Redis is away");
        None
    }

    fn is_paused(&self) -> bool {
        self.clock_ms() < self.paused_until.load(Ordering::Relaxed)
    }

    fn clock_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
