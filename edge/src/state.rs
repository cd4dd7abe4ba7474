//! What all requests share.

use crate::auth::{Passwords, Tokens};
use crate::config::Config;
use crate::guard::Guard;
use crate::guard::limiter::Limiter;
use crate::guard::load::Load;
use crate::intake::Inbox;
use crate::observe::{Depths, recorder};
use metrics_exporter_prometheus::PrometheusHandle;
use object_store::ObjectStore;
use redis::aio::ConnectionManager;
use schema::ledger::{Courier, Ledger, wire};
use schema::pool::Db;
use schema::seal::Seal;
use schema::sites::Directory;
use schema::tickets::Intake;
use schema::tickets::list::Lists;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a health probe waits for an answer.
pub const PROBE_PATIENCE: Duration = Duration::from_secs(2);
/// The local folder takes parts of any size; small ones bound the memory of an upload.
const PART_BYTES: usize = 256 << 10;

/// A handle on everything a request needs; cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// Behind every [`State`].
pub struct Shared {
    pub config: Config,
    pub db: Db,
    pub sites: Directory,
    pub intake: Intake,
    pub(crate) lists: Lists,
    pub store: Arc<dyn ObjectStore>,
    pub inbox: Inbox,
    pub tokens: Tokens,
    pub(crate) guard: Guard,
    pub(crate) passwords: Passwords,
    pub(crate) seal: Seal,
    pub(crate) limiter: Limiter,
    pub(crate) load: Load,
    pub(crate) depths: Depths,
    pub(crate) redis: ConnectionManager,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) started: Instant,
    ready: AtomicBool,
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    /// Connects to the database, the wire and the file store, and starts the tasks behind them.
    ///
    /// # Errors
    /// The database is away, or a URL or folder cannot be used.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let common = &config.common;
        let courier = Courier::start(wire::open(&common.redis_url, common.queue_transport)?);
        let db = Db::connect(&common.database_url, common.database_pool).await?.with_courier(courier);
        let folder = Arc::new(common.file_store(false)?);
        let store: Arc<dyn ObjectStore> = folder.clone();
        // Only the store itself knows how to sync a file and the folders above it.
        let inbox = if common.files_sync { Inbox::new(store.clone()) } else { Inbox::in_folder(folder) };
        Ok(Self(Arc::new(Shared {
            sites: Directory::new(db.clone()),
            intake: Intake::start(db.clone()),
            lists: Lists::new(db.clone()),
            inbox: inbox.with_part_bytes(PART_BYTES),
            tokens: Tokens::new(&config.jwt_secret, config.jwt_expiration),
            guard: Guard::new(&config.guard, db.clone())?,
            passwords: Passwords::default(),
            seal: Seal::new(&common.secret_key),
            limiter: Limiter::open(&common.redis_url)?,
            load: Load::new(config.max_in_flight),
            depths: Depths::new(Ledger::new(db.clone())),
            redis: wire::connection(&common.redis_url, PROBE_PATIENCE)?,
            metrics: recorder()?,
            started: Instant::now(),
            ready: AtomicBool::new(true),
            store,
            db,
            config,
        })))
    }

    /// Whether new requests are welcome.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    pub(crate) fn stop_being_ready(&self) {
        self.ready.store(false, Ordering::Relaxed);
    }
}
