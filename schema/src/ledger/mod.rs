//! The job ledger: Postgres is the record, Redis is the wire.
//!
//! A job is a row written in the transaction of its cause ([`crate::pool::Tx::enqueue`]). After the commit the
//! [`Courier`] hands its id to the [`wire`]; what the wire loses, the relay hands over again; what it doubles,
//! the claim stops. Workers either
//! - [`Ledger::claim`] a job, work without a connection, and [`Ledger::settle`] it under their token, or
//! - lock it, do its work and remove it in one transaction (`lock`).
//!
//! ```text
//!  record ─▶ ready ─claim▶ running ─settle: done▶ (gone)
//!              ▲  ▲            │ retry / snooze
//!              │  └────────────┤ reap: the lease ran out
//!              └── requeue ── dead ◀ discard, attempts used up
//! ```

mod courier;
mod lock;
mod relay;
mod rows;
mod settle;
pub mod wire;

pub use courier::Courier;
pub use lock::{Locked, begin_locked, finish, hold, remove};
pub use relay::Depth;
pub use rows::{Claimed, Dead};
pub use settle::{Settlement, Verdict};

use crate::pool::Db;
use std::time::Duration;

/// How long a claim holds without renewal.
pub const LEASE: Duration = Duration::from_secs(6);

/// How often leases are renewed: twice may fail before a job is given away.
pub const RENEWAL: Duration = Duration::from_millis(1500);

/// How long after a job was handed over, and neither claimed nor waiting on the wire, it counts as lost there.
pub const STALE: Duration = Duration::from_millis(500);

/// The ledger's operations; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    db: Db,
}

impl Ledger {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The database beneath.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }
}
