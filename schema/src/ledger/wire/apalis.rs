//! The keys of apalis-redis's storage, written with plain commands: no crate of apalis is needed to send.
//!
//! apalis-redis keeps a task in three places: its id on the active list, its argument in a hash of all arguments,
//! its bookkeeping in a hash of its own. One script a batch writes all three and rings the workers' bell.
//! It goes round the library's own push, which sends everything through a scheduled set that wedges when
//! thousands are due at once.
//!
//! Every hand-over gets a name of its own, `job id . batch - place`: a job that is handed over again while its
//! previous name is still being tidied away cannot lose its argument to the tidying. The argument is the name too.

use super::{HEADROOM, Wire, ring};
use futures::future::{BoxFuture, FutureExt};
use jobs::{JobId, Queue};
use redis::aio::ConnectionManager;
use std::sync::LazyLock;
use uuid::Uuid;

static SEND: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        r#"
local room = tonumber(ARGV[1]) - redis.call('llen', KEYS[1])
local count = math.min(room, #ARGV - 2)
for place = 1, count do
  local name = ARGV[place + 2] .. '.' .. ARGV[2] .. '-' .. place
  redis.call('hset', KEYS[2], name, '"' .. name .. '"')
  redis.call('hset', KEYS[3] .. ':' .. name, 'attempts', 0, 'max_attempts', 1, 'status', 'Pending')
  redis.call('rpush', KEYS[1], name)
end
if count > 0 then redis.call('publish', KEYS[4], count) end
return #ARGV - 2 - math.max(count, 0)"#,
    )
});

/// The name under which apalis-redis knows a queue; its keys are `namespace:active`, `:data`, `:meta:…` and so on.
#[must_use]
pub fn namespace(queue: Queue) -> String {
    format!("asisttr:{{{}}}", queue.name())
}

/// The channel on which a batch is announced to the workers of a queue.
#[must_use]
pub fn bell(queue: Queue) -> String {
    format!("{}:bell", namespace(queue))
}

/// The job behind the name of a hand-over, if it is one.
#[must_use]
pub fn job(name: &str) -> Option<JobId> {
    let id = name.split_once('.').map_or(name, |(id, _)| id);
    id.parse().ok().map(JobId)
}

/// The sending side of the apalis-redis transport.
pub struct ApalisWire {
    conn: ConnectionManager,
}

impl ApalisWire {
    #[must_use]
    pub fn new(conn: ConnectionManager) -> Self {
        Self { conn }
    }
}

impl Wire for ApalisWire {
    fn send<'a>(&'a self, queue: Queue, ids: &'a [JobId]) -> BoxFuture<'a, Result<usize, redis::RedisError>> {
        async move {
            let bound = queue.window() * HEADROOM;
            let sent = &ids[..ids.len().min(bound)];
            let refused: usize = batch(queue, bound, sent).invoke_async(&mut self.conn.clone()).await?;
            Ok(refused + ids.len() - sent.len())
        }
        .boxed()
    }

    fn waiting(&self, queue: Queue) -> BoxFuture<'_, Result<Vec<Uuid>, redis::RedisError>> {
        async move {
            let mut range = redis::cmd("LRANGE");
            range.arg(active(queue)).arg(0).arg(-1);
            let names: Vec<String> = range.query_async(&mut self.conn.clone()).await?;
            Ok(names.iter().filter_map(|name| job(name).map(Uuid::from)).collect())
        }
        .boxed()
    }

    fn depth(&self, queue: Queue) -> BoxFuture<'_, Result<usize, redis::RedisError>> {
        async move { redis::cmd("LLEN").arg(active(queue)).query_async(&mut self.conn.clone()).await }.boxed()
    }

    fn ring(&self) -> BoxFuture<'_, Result<(), redis::RedisError>> {
        ring(self.conn.clone()).boxed()
    }
}

fn batch(queue: Queue, bound: usize, ids: &[JobId]) -> redis::ScriptInvocation<'static> {
    let space = namespace(queue);
    let mut call = SEND.key(active(queue));
    call.key(format!("{space}:data")).key(format!("{space}:meta")).key(bell(queue));
    call.arg(bound).arg(Uuid::new_v4().simple().to_string());
    for id in ids {
        call.arg(id.to_string());
    }
    call
}

fn active(queue: Queue) -> String {
    format!("{}:active", namespace(queue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_again_in_the_name_of_its_hand_over() {
        let id = JobId::fresh();
        assert_eq!(job(&format!("{id}.0123-1")), Some(id));
        assert_eq!(job(&id.to_string()), Some(id));
        assert_eq!(job("çöp.1"), None);
        assert_eq!(job(""), None);
    }
}
