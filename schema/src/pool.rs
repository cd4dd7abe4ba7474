//! Connections to Postgres, and transactions that say whose rows they touch.
//!
//! Every connection works as the role `asisttr_app`, which row-level security binds; outside a transaction it
//! sees no tenant's rows at all. [`Db::begin`] names the [`Scope`]. A [`Tx`] collects the audit entries, mails
//! and jobs of what it does and writes them just before its commit; the job ids are handed over after it.
//! Dropping a [`Tx`] undoes it.

mod error;
mod reading;

pub use error::{DbError, DbResult};
pub use reading::Reading;

use crate::audit::Entry;
use crate::config::database_unusable;
use crate::ledger::Courier;
use crate::mail::NewMail;
use crate::notes;
use crate::sql::sql;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use jobs::{NewJob, SiteId};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose rows a transaction may see and change.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    Site(SiteId),
    /// All sites: for the system's own work, named where it is taken.
    System,
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: bb8::Pool<Manager>,
    /// As many permits as connections, given out in order: the pool itself lets whoever returns a connection
    /// take it again before those who wait.
    turns: Arc<Semaphore>,
    courier: Option<Courier>,
}

impl Db {
    /// Opens a pool of at most `size` connections and proves that one works.
    ///
    /// # Errors
    /// The database cannot be reached or is not set up.
    pub async fn connect(url: &str, size: u32) -> anyhow::Result<Self> {
        drop(connect(url).await.map_err(|cause| database_unusable(&cause))?);
        let pool = bb8::Pool::builder()
            .max_size(size)
            .connection_timeout(PATIENCE)
            // A server that is away is said to be away at once; whoever can wait tries again.
            .retry_connection(false)
            // The connection used last has its plans and its pages at hand; the others need not grow buffers too.
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .test_on_check_out(false)
            .idle_timeout(Some(Duration::from_secs(300)))
            .build_unchecked(Manager { url: url.to_owned() });
        Ok(Self { pool, turns: Arc::new(Semaphore::new(size as usize)), courier: None })
    }

    /// The same database, with job ids handed over to the wire after each commit.
    #[must_use]
    pub fn with_courier(self, courier: Courier) -> Self {
        Self { courier: Some(courier), ..self }
    }

    /// Hands over jobs whose commit has happened elsewhere than in a [`Tx`].
    pub fn hand_over<'a>(&self, jobs: impl IntoIterator<Item = &'a NewJob>) {
        if let Some(courier) = &self.courier {
            courier.hand_over(jobs);
        }
    }

    /// A connection outside any transaction: for single statements that take their own scope.
    ///
    /// # Errors
    /// None is free within five seconds, or the server is away.
    pub async fn conn(&self) -> DbResult<Held> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(DbError::Busy(format!("none was free within {} seconds", PATIENCE.as_secs())));
        };
        let conn = self.pool.get_owned().await.map_err(|error| DbError::Busy(error.to_string()))?;
        Ok(Held { conn, _turn: turn })
    }

    /// Begins a transaction for `scope`.
    ///
    /// # Errors
    /// As [`Db::conn`].
    pub async fn begin(&self, scope: Scope) -> DbResult<Tx> {
        let mut conn = self.conn().await?;
        conn.open = true;
        conn.inner.batch_execute(&format!("begin; {}", scope.statement())).await?;
        Ok(Tx { conn: Some(conn), courier: self.courier.clone(), pending: Pending::default() })
    }

    pub(crate) fn courier(&self) -> Option<&Courier> {
        self.courier.as_ref()
    }

    /// How many connections are in use and open.
    #[must_use]
    pub fn state(&self) -> bb8::State {
        self.pool.state()
    }
}

impl Scope {
    fn statement(self) -> String {
        match self {
            Scope::Site(site) => format!("set local app.sites = '{site}'"),
            Scope::System => "set local app.sites = '*'".to_owned(),
        }
    }
}

/// An open transaction.
pub struct Tx {
    conn: Option<Held>,
    courier: Option<Courier>,
    pending: Pending,
}

/// What is written together, just before the commit.
#[derive(Default)]
struct Pending {
    audits: Vec<Entry>,
    mails: Vec<NewMail>,
    jobs: Vec<NewJob>,
}

impl Tx {
    /// The connection, for statements.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        &mut self.conn.as_mut().expect("the connection leaves only in commit and rollback").inner
    }

    /// From here on acts for another scope.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn rescope(&mut self, scope: Scope) -> DbResult<()> {
        Ok(self.conn().batch_execute(&scope.statement()).await?)
    }

    /// Adds an audit entry to what this transaction commits.
    pub fn audit(&mut self, entry: Entry) {
        self.pending.audits.push(entry);
    }

    /// Adds an outbound mail, and the job that sends it.
    pub fn mail(&mut self, mail: NewMail) {
        self.pending.jobs.push(mail.new_job());
        self.pending.mails.push(mail);
    }

    /// Takes back the mails added so far: what they say is overtaken within this same transaction.
    pub fn forget_mails(&mut self) {
        let jobs: Vec<_> = self.pending.mails.drain(..).map(|mail| mail.new_job().id).collect();
        self.pending.jobs.retain(|job| !jobs.contains(&job.id));
    }

    /// Adds a job to what this transaction commits.
    pub fn enqueue(&mut self, job: NewJob) {
        self.pending.jobs.push(job);
    }

    /// Adds mails with the jobs that send them, and other jobs.
    pub(crate) fn note(&mut self, mails: Vec<NewMail>, jobs: Vec<NewJob>) {
        self.pending.mails.extend(mails);
        self.pending.jobs.extend(jobs);
    }

    /// Writes what was collected so far.
    ///
    /// # Errors
    /// A row is refused; the transaction is then lost.
    pub async fn flush(&mut self) -> DbResult<Vec<NewJob>> {
        let Pending { audits, mails, jobs } = std::mem::take(&mut self.pending);
        if audits.is_empty() && mails.is_empty() && jobs.is_empty() {
            return Ok(jobs);
        }
        static FLUSH: LazyLock<String> = LazyLock::new(|| format!("select {}", notes::CALL));
        notes::bind(sql(&FLUSH), &audits, &mails, &jobs).execute(self.conn()).await?;
        Ok(jobs)
    }

    /// Makes it so, and hands the jobs over.
    ///
    /// # Errors
    /// The commit failed, or its answer was not heard: then nobody knows, and the ledger decides.
    pub async fn commit(mut self) -> DbResult<()> {
        let jobs = self.flush().await?;
        self.conn().batch_execute("commit").await?;
        if let Some(mut conn) = self.conn.take() {
            conn.open = false;
        }
        if let Some(courier) = &self.courier {
            courier.hand_over(&jobs);
        }
        Ok(())
    }

    /// Undoes it and keeps the connection.
    pub async fn rollback(mut self) {
        if let Some(mut conn) = self.conn.take()
            && conn.inner.batch_execute("rollback").await.is_ok()
        {
            conn.open = false;
        }
    }
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).expect("rows are plain structs")
}

/// A connection on loan; it goes back when this is dropped, before the next in line gets its turn.
pub struct Held {
    conn: bb8::PooledConnection<'static, Manager>,
    _turn: OwnedSemaphorePermit,
}

impl std::ops::Deref for Held {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl std::ops::DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A pooled connection that knows whether a transaction was left open on it.
pub struct Conn {
    inner: AsyncPgConnection,
    open: bool,
}

impl std::ops::Deref for Conn {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.inner
    }
}

impl std::ops::DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.inner
    }
}

/// Makes connections for the pool.
pub struct Manager {
    url: String,
}

impl bb8::ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::ConnectionError;

    async fn connect(&self) -> Result<Conn, Self::Error> {
        connect(&self.url).await
    }

    async fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.inner.batch_execute("").await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)
    }

    /// An abandoned transaction is undone by closing its connection: whoever was waiting on its locks goes on.
    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.open || conn.inner.is_broken()
    }
}

/// Generic plans: every statement here goes through an index by its arguments, so planning anew for each call,
/// which costs more than most of them run, finds nothing better. And no scan of a whole table where there is an
/// index: a plan made while a table was empty must still be right when it holds a million rows. And pages cost about the
/// same wherever they are: else half of an index is read and sorted rather than its first fifty entries fetched in order.
async fn connect(url: &str) -> Result<Conn, diesel::ConnectionError> {
    let attempt = AsyncPgConnection::establish(url);
    let mut inner = tokio::time::timeout(Duration::from_secs(5), attempt)
        .await
        .map_err(|_| diesel::ConnectionError::BadConnection("no answer within 5 seconds".into()))??;
    inner
        .batch_execute(
            "set role asisttr_app; set timezone = 'UTC'; set statement_timeout = '60s'; \
             set lock_timeout = '20s'; set idle_in_transaction_session_timeout = '60s'; set jit = off; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; \
             set random_page_cost = 1.1",
        )
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(Conn { inner, open: false })
}
