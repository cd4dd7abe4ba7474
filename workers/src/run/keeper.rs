//! Keeps leases alive from a thread of its own, so that no handler can starve the renewal.

use schema::ledger::{Ledger, RENEWAL};
use schema::pool::Db;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

struct Held {
    id: Uuid,
    lost: CancellationToken,
}

type Leases = Arc<Mutex<HashMap<Uuid, Held>>>;

/// A handle on the renewal; cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    leases: Leases,
}

/// A lease under renewal; ends with this value.
pub struct Lease {
    keeper: Keeper,
    token: Uuid,
    /// Cancelled when the lease has passed to somebody else.
    pub lost: CancellationToken,
}

impl Keeper {
    /// Starts the thread. It ends with the process: leases then run out by themselves.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(database_url: String) -> std::io::Result<Self> {
        let leases = Leases::default();
        let watched = leases.clone();
        std::thread::Builder::new().name("leases".into()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(renew_forever(&database_url, &watched)),
                Err(error) => tracing::error!(%error, "leases cannot be renewed"),
            }
        })?;
        Ok(Self { leases })
    }

    /// Renews this lease until the returned value is dropped.
    pub fn keep(&self, id: Uuid, token: Uuid) -> Lease {
        let lost = CancellationToken::new();
        self.with(|leases| leases.insert(token, Held { id, lost: lost.clone() }));
        Lease { keeper: self.clone(), token, lost }
    }

    fn with<R>(&self, work: impl FnOnce(&mut HashMap<Uuid, Held>) -> R) -> R {
        work(&mut self.leases.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.with(|leases| leases.remove(&self.token));
    }
}

async fn renew_forever(database_url: &str, leases: &Leases) {
    let mut ledger = None;
    loop {
        tokio::time::sleep(RENEWAL).await;
        let held: Vec<(Uuid, Uuid)> = {
            let leases = leases.lock().unwrap_or_else(PoisonError::into_inner);
            leases.iter().map(|(token, held)| (held.id, *token)).collect()
        };
        if held.is_empty() {
            continue;
        }
        if ledger.is_none() {
            ledger = Db::connect(database_url, 1).await.ok().map(Ledger::new);
        }
        let Some(open) = &ledger else { continue };
        match open.renew(&held).await {
            Ok(kept) => give_up(leases, held.iter().map(|h| h.1).filter(|token| !kept.contains(token))),
            Err(error) => tracing::warn!(%error, leases = held.len(), "leases could not be renewed"),
        }
    }
}

/// Tells the handlers of lost leases to stop. A lease that ended meanwhile is not there to be told.
fn give_up(leases: &Leases, lost: impl Iterator<Item = Uuid>) {
    let leases = leases.lock().unwrap_or_else(PoisonError::into_inner);
    for token in lost {
        if let Some(held) = leases.get(&token) {
            held.lost.cancel();
        }
    }
}
