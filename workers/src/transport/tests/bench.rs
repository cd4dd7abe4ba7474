//! A queue with its wire, its worker and a dispatch that remembers.

use crate::transport::{Dispatch, Line, serve};
use futures::FutureExt;
use jobs::{JobId, Queue};
use redis::aio::MultiplexedConnection;
use schema::ledger::wire::{self, Transport, Wire};
use schema::testing::redis_url;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(30);

/// Fresh ids, in order.
pub(super) fn ids(count: usize) -> Vec<JobId> {
    (0..count).map(|_| JobId::fresh()).collect()
}

/// What the dispatch has done so far.
#[derive(Default)]
struct Log {
    dispatched: HashSet<JobId>,
    running: usize,
    most_at_once: usize,
    finished: usize,
}

pub(super) struct Bench {
    transport: Transport,
    queue: Queue,
    database: u8,
    wire: Arc<dyn Wire>,
    conn: MultiplexedConnection,
    log: watch::Sender<Log>,
    held: watch::Sender<bool>,
    panics: Arc<Mutex<HashSet<JobId>>>,
}

/// A worker at work.
pub(super) struct Served {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Served {
    pub(super) fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    pub(super) fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .expect("it stops in time")
            .expect("it does not panic");
    }
}

impl Bench {
    pub(super) async fn new(transport: Transport, database: u8, queue: Queue) -> Self {
        let client = redis::Client::open(redis_url(database)).unwrap();
        let bench = Self {
            transport,
            queue,
            database,
            wire: wire::open(&redis_url(database), transport).unwrap(),
            conn: client.get_multiplexed_async_connection().await.unwrap(),
            log: watch::Sender::new(Log::default()),
            held: watch::Sender::new(false),
            panics: Arc::default(),
        };
        bench.clear().await;
        bench
    }

    pub(super) fn serve(&self, concurrency: usize) -> Served {
        self.serve_with_grace(concurrency, PATIENCE)
    }

    pub(super) fn serve_with_grace(&self, concurrency: usize, grace: Duration) -> Served {
        let line = Line { redis_url: redis_url(self.database), queue: self.queue, concurrency };
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(self.transport, line, self.dispatch(), stop.clone(), grace));
        Served { stop, task }
    }

    fn dispatch(&self) -> Dispatch {
        let (log, held, panics) = (self.log.clone(), self.held.clone(), self.panics.clone());
        Arc::new(move |id| {
            let (log, mut held, panics) = (log.clone(), held.subscribe(), panics.clone());
            async move {
                log.send_modify(|log| {
                    log.dispatched.insert(id);
                    log.running += 1;
                    log.most_at_once = log.most_at_once.max(log.running);
                });
                let doomed = panics.lock().unwrap().contains(&id);
                let _ = held.wait_for(|held| !held).await;
                log.send_modify(|log| (log.running, log.finished) = (log.running - 1, log.finished + 1));
                assert!(!doomed, "this job was told to panic");
            }
            .boxed()
        })
    }

    /// From now on jobs wait for [`Bench::release`].
    pub(super) fn hold(&self) {
        self.held.send_replace(true);
    }

    pub(super) fn release(&self) {
        self.held.send_replace(false);
    }

    pub(super) fn panic_on(&self, ids: impl Iterator<Item = JobId>) {
        self.panics.lock().unwrap().extend(ids);
    }

    /// Hands over all, as the relay does: what found no room or no Redis is offered again.
    pub(super) async fn send(&self, ids: &[JobId]) {
        let mut left = ids;
        while !left.is_empty() {
            match self.wire.send(self.queue, left).await {
                Ok(refused) => left = &left[left.len() - refused..],
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    /// Offers once; returns how many found no room.
    pub(super) async fn offer(&self, ids: &[JobId]) -> usize {
        self.wire.send(self.queue, ids).await.unwrap()
    }

    pub(super) async fn waiting(&self) -> Vec<JobId> {
        self.wire.waiting(self.queue).await.unwrap().into_iter().map(JobId).collect()
    }

    /// Waits until so many ids wait on the wire.
    pub(super) async fn until_waiting(&self, count: usize) {
        let reached = async {
            while self.depth().await != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.expect("what was not begun goes back to the wire");
    }

    pub(super) async fn depth(&self) -> usize {
        self.wire.depth(self.queue).await.unwrap()
    }

    /// Waits until each of these was dispatched.
    pub(super) async fn seen(&self, ids: &[JobId]) {
        let missing = |log: &Log| ids.iter().filter(|id| !log.dispatched.contains(id)).count();
        let all = self.until(|log| missing(log) == 0, PATIENCE).await;
        assert!(all, "{} of {} were never dispatched", missing(&self.log.borrow()), ids.len());
    }

    /// The same beside a ledger, which sends again what was neither claimed nor waits.
    pub(super) async fn seen_sending_again(&self, ids: &[JobId]) {
        for _ in 0..30 {
            if self.until(|log| ids.iter().all(|id| log.dispatched.contains(id)), PATIENCE / 30).await {
                return;
            }
            let lost: Vec<_> =
                ids.iter().filter(|id| !self.log.borrow().dispatched.contains(id)).copied().collect();
            self.send(&lost).await;
        }
        self.seen(ids).await;
    }

    /// Waits until so many jobs have begun.
    pub(super) async fn begun(&self, count: usize) {
        assert!(self.until(|log| log.dispatched.len() >= count, PATIENCE).await, "fewer than {count} began");
    }

    async fn until(&self, reached: impl Fn(&Log) -> bool, at_most: Duration) -> bool {
        let mut log = self.log.subscribe();
        tokio::time::timeout(at_most, log.wait_for(|log| reached(log))).await.is_ok()
    }

    pub(super) fn dispatched(&self) -> Vec<JobId> {
        self.log.borrow().dispatched.iter().copied().collect()
    }

    pub(super) fn finished(&self) -> usize {
        self.log.borrow().finished
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.log.borrow().most_at_once
    }

    /// Empties this test's database; `FLUSHALL` as far as its worker can tell.
    pub(super) async fn flush(&self) {
        redis::cmd("FLUSHDB").query_async::<()>(&mut self.conn.clone()).await.unwrap();
    }

    /// Ends every connection to this test's database but the bench's own; returns how many.
    pub(super) async fn kill_connections(&self) -> usize {
        let mut conn = self.conn.clone();
        let me: u64 = redis::cmd("CLIENT").arg("ID").query_async(&mut conn).await.unwrap();
        let clients: String = redis::cmd("CLIENT").arg("LIST").query_async(&mut conn).await.unwrap();
        let here = format!(" db={} ", self.database);
        let id = |line: &str| line.strip_prefix("id=")?.split(' ').next()?.parse::<u64>().ok();
        let others =
            clients.lines().filter(|line| line.contains(&here)).filter_map(id).filter(|id| *id != me);
        let mut killed = 0;
        for other in others {
            let mut kill = redis::cmd("CLIENT");
            killed += kill.arg("KILL").arg("ID").arg(other).query_async::<usize>(&mut conn).await.unwrap();
        }
        killed
    }

    /// Puts something on the wire that no sender would.
    pub(super) async fn send_rubbish(&self, text: &str) {
        let key = match self.transport {
            Transport::List => wire::list::key(self.queue),
            Transport::Apalis => format!("{}:active", wire::apalis::namespace(self.queue)),
        };
        redis::cmd("RPUSH").arg(key).arg(text).query_async::<()>(&mut self.conn.clone()).await.unwrap();
    }

    /// The keys of this queue, sorted.
    pub(super) async fn keys(&self) -> Vec<String> {
        let pattern = format!("asisttr:{{{}}}*", self.queue);
        let mut keys: Vec<String> =
            redis::cmd("KEYS").arg(pattern).query_async(&mut self.conn.clone()).await.unwrap();
        keys.sort();
        keys
    }

    /// Removes what this queue, or an earlier run, left.
    pub(super) async fn clear(&self) {
        let keys = self.keys().await;
        if !keys.is_empty() {
            redis::cmd("DEL").arg(keys).query_async::<()>(&mut self.conn.clone()).await.unwrap();
        }
    }
}
