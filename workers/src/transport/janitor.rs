//! Removes what apalis-redis leaves behind, for one worker.
//!
//! The library frees nothing: argument and bookkeeping of every job stay for ever, and with results off its set of
//! jobs in flight only grows, to be sent all over again when the worker is gone. So each hand-over is forgotten the
//! moment its job begins, from there on it is the ledger's. A worker that leaves puts back what it fetched and did
//! not begin, and takes its name out of the list of workers.

use super::outage::Outage;
use jobs::Queue;
use redis::aio::ConnectionManager;
use schema::ledger::wire::apalis::{bell, namespace};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// How many hand-overs one script forgets, and how many may wait for it.
const BATCH_MAX: usize = 256;

/// How long a worker's description outlives its last sign of life.
const DESCRIBED_SECONDS: i64 = 60;

/// How long a leaving worker tries to tidy up; what it cannot, other workers do once it counts as dead.
const LEAVE: Duration = Duration::from_secs(2);

/// Forgets only what this worker still holds: an id that was given to another worker keeps its argument.
static FORGET: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        r"
for _, name in ipairs(ARGV) do
  if redis.call('srem', KEYS[1], name) == 1 then
    redis.call('hdel', KEYS[2], name)
    redis.call('del', KEYS[3] .. ':' .. name)
  end
end",
    )
});

/// A hand-over without argument or bookkeeping would end every worker that fetches it, so it ends here.
static PUT_BACK: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        r"
local back = 0
for _, name in ipairs(redis.call('smembers', KEYS[1])) do
  local meta = KEYS[3] .. ':' .. name
  if redis.call('hexists', KEYS[2], name) == 1 and redis.call('exists', meta) == 1 then
    redis.call('lpush', KEYS[4], name)
    back = back + 1
  else
    redis.call('hdel', KEYS[2], name)
    redis.call('del', meta)
  end
end
redis.call('del', KEYS[1], KEYS[6])
redis.call('zrem', KEYS[5], ARGV[1])
if back > 0 then redis.call('publish', KEYS[7], back) end
return back",
    )
});

/// One worker's janitor; at work until [`Janitor::leave`].
pub(super) struct Janitor {
    broom: Broom,
    sweeping: AbortOnDropHandle<()>,
}

/// A handle for forgetting; cheap to clone.
#[derive(Clone)]
pub(super) struct Broom(mpsc::Sender<String>);

impl Broom {
    /// Has a hand-over forgotten; waits only while Redis is far behind.
    pub(super) async fn forget(&self, name: String) {
        // A closed channel means the worker is leaving; then the name is put back, which the claim can bear.
        let _ = self.0.send(name).await;
    }
}

impl Janitor {
    pub(super) fn start(conn: ConnectionManager, queue: Queue, worker: &str) -> Self {
        let (broom, names) = mpsc::channel(BATCH_MAX);
        let floor = Floor { conn, queue, space: namespace(queue), worker: worker.to_owned() };
        let sweeping = AbortOnDropHandle::new(tokio::spawn(floor.keep(names)));
        Self { broom: Broom(broom), sweeping }
    }

    pub(super) fn broom(&self) -> Broom {
        self.broom.clone()
    }

    /// Forgets what is left to forget and puts back the rest; all other brooms must be gone.
    pub(super) async fn leave(self) {
        let Self { broom, sweeping } = self;
        drop(broom);
        if tokio::time::timeout(LEAVE, sweeping).await.is_err() {
            tracing::debug!("a worker left without tidying up");
        }
    }
}

struct Floor {
    conn: ConnectionManager,
    queue: Queue,
    space: String,
    worker: String,
}

impl Floor {
    async fn keep(mut self, mut names: mpsc::Receiver<String>) {
        let mut outage = Outage::unheard("janitor", self.queue);
        let mut alive = tokio::time::interval(Duration::from_secs(15));
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let swept = tokio::select! {
                more = names.recv_many(&mut batch, BATCH_MAX) => if more == 0 { break } else { self.forget(&batch).await },
                _ = alive.tick() => self.describe().await,
            };
            match swept {
                Ok(()) => outage.over(),
                Err(error) => outage.endure(&error).await,
            }
            // A batch that failed stays in the set of jobs in flight and is put back when the worker ends, which
            // after an error of Redis it does. The claim stops what then comes twice.
            batch.clear();
        }
        if let Err(error) = self.put_back().await {
            tracing::debug!(queue = self.queue.name(), %error, "fetched ids come back when the worker counts as dead");
        }
    }

    async fn forget(&mut self, names: &[String]) -> redis::RedisResult<()> {
        let mut call = FORGET.key(self.inflight());
        call.key(format!("{}:data", self.space)).key(format!("{}:meta", self.space)).arg(names);
        call.invoke_async(&mut self.conn).await
    }

    /// Gives the worker's description an end: the library writes it once a start, under a new name, and never
    /// removes it.
    async fn describe(&mut self) -> redis::RedisResult<()> {
        let key = self.description();
        let mut both = redis::pipe();
        both.hset(&key, "service", "worker").ignore().expire(&key, DESCRIBED_SECONDS).ignore();
        both.query_async(&mut self.conn).await
    }

    async fn put_back(&mut self) -> redis::RedisResult<usize> {
        let mut call = PUT_BACK.key(self.inflight());
        for part in ["data", "meta", "active", "workers"] {
            call.key(format!("{}:{part}", self.space));
        }
        call.key(self.description()).key(bell(self.queue)).arg(&self.worker);
        call.invoke_async(&mut self.conn).await
    }

    fn inflight(&self) -> String {
        format!("{}:inflight:{}", self.space, self.worker)
    }

    fn description(&self) -> String {
        format!("{}:workers:metadata:{}", self.space, self.worker)
    }
}
