//! Limits on failing: whoever fails too often within a window is not let in any more until it closes, however good
//! the next try (A2-20, A2-V1, A2-V2). Success neither counts nor forgives.
//!
//! As many tries run at once as failures are left, so that starting many together gains nothing; who comes on top
//! waits a moment for the others to end.

mod alone;
#[cfg(test)]
mod tests;

pub use alone::AloneTries;

use super::{Limiter, Quota, Rule, Who};
use redis::{RedisResult, Script};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use uuid::Uuid;

static ADMIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("admit.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle.lua")));

/// A try whose end nobody told us, because its client hung up, counts as under way for this long.
const TRY_LASTS: Duration = Duration::from_secs(15);
/// How long a try waits for others of the same client to end.
const PATIENCE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(20);

/// Why a try was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too many failures.
    Closed(Quota),
    /// Too many tries at once.
    Crowded,
}

/// How a client stands before its try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Closed(Quota),
    Crowded,
    Open,
}

impl Limiter {
    /// Does the work unless the client has used up its failures, and counts it if it failed. Beside the work's
    /// outcome stands what is left; nothing without a limit.
    ///
    /// # Errors
    /// The client was not let in; the work was not begun.
    pub async fn tried<T>(
        &self,
        rule: Rule,
        who: Who,
        work: impl Future<Output = T>,
        is_failure: impl FnOnce(&T) -> bool,
    ) -> Result<(T, Option<Quota>), Refused> {
        if rule.requests_max == 0 {
            return Ok((work.await, None));
        }
        let keys = [who.key(rule), format!("{}:now", who.key(rule))];
        let name = Uuid::new_v4().simple().to_string();
        self.enter(rule, &keys, &name).await?;
        let done = work.await;
        let quota = self.settle(rule, &keys, &name, is_failure(&done)).await;
        Ok((done, Some(quota)))
    }

    async fn enter(&self, rule: Rule, keys: &[String; 2], name: &str) -> Result<(), Refused> {
        let started = Instant::now();
        loop {
            match self.admit(rule, keys, name).await {
                Door::Open => return Ok(()),
                Door::Closed(quota) => return Err(Refused::Closed(quota)),
                Door::Crowded if started.elapsed() > PATIENCE => return Err(Refused::Crowded),
                Door::Crowded => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    async fn admit(&self, rule: Rule, keys: &[String; 2], name: &str) -> Door {
        let asked = async {
            let mut redis = self.redis.clone();
            let mut call = ADMIT.key(&keys[0]);
            call.key(&keys[1]).arg(rule.requests_max).arg(rule.window_ms()).arg(name);
            call.arg(TRY_LASTS.as_millis() as u64).invoke_async(&mut redis).await
        };
        let answer: Option<(u8, u32, u64)> = self.shared(asked).await;
        match answer {
            None => self.tries.admit(rule, &keys[0], name, Instant::now()),
            Some((0, left, closes_ms)) => Door::Closed(rule.quota(left, closes_ms, true)),
            Some((1, ..)) => Door::Open,
            Some(_) => Door::Crowded,
        }
    }

    async fn settle(&self, rule: Rule, keys: &[String; 2], name: &str, failed: bool) -> Quota {
        let asked = async {
            let mut redis = self.redis.clone();
            let mut call = SETTLE.key(&keys[0]);
            call.key(&keys[1]).arg(rule.requests_max).arg(rule.window_ms()).arg(name);
            let answer: RedisResult<(u32, u64)> = call.arg(u8::from(failed)).invoke_async(&mut redis).await;
            answer
        };
        match self.shared(asked).await {
            None => self.tries.settle(rule, &keys[0], name, failed, Instant::now()),
            Some((left, closes_ms)) => rule.quota(left, closes_ms, false),
        }
    }
}
