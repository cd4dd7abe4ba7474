//! The origins that sites registered, all of them in memory: whoever makes origins up costs no query.

use super::Origin;
use jobs::SiteId;
use schema::pool::Db;
use schema::sites::origins;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long what was read is believed.
const KEPT: Duration = Duration::from_secs(10);
/// An origin that is not known may just have been registered; so soon after reading it was not.
const FRESH: Duration = Duration::from_secs(1);

type Sites = HashMap<Origin, HashSet<SiteId>>;

/// Which sites registered which origins; reads them from the database when it has to.
pub struct Registered {
    db: Db,
    read: RwLock<Option<(Arc<Sites>, Instant)>>,
    reading: Mutex<()>,
}

impl Registered {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, read: RwLock::default(), reading: Mutex::default() }
    }

    /// Whether any site registered it.
    pub async fn by_any(&self, origin: &Origin) -> bool {
        let is_known = |sites: &Sites| sites.contains_key(origin);
        if let Some(known) = self.judged(&is_known) {
            return known;
        }
        let _turn = self.reading.lock().await;
        if let Some(known) = self.judged(&is_known) {
            return known;
        }
        self.load().await;
        self.sites().is_some_and(|(sites, _)| is_known(&sites))
    }

    /// Whether this site did, as of what [`Registered::by_any`] last read.
    #[must_use]
    pub fn by_site(&self, origin: &Origin, site: SiteId) -> bool {
        self.sites().is_some_and(|(sites, _)| sites.get(origin).is_some_and(|sites| sites.contains(&site)))
    }

    /// None if the database must be asked.
    fn judged(&self, is_known: &impl Fn(&Sites) -> bool) -> Option<bool> {
        let (sites, since) = self.sites()?;
        let (known, age) = (is_known(&sites), since.elapsed());
        (age < if known { KEPT } else { FRESH }).then_some(known)
    }

    fn sites(&self) -> Option<(Arc<Sites>, Instant)> {
        self.read.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// While the database is away, what was known stays.
    async fn load(&self) {
        let sites = match origins::list(&self.db).await {
            Ok(rows) => Arc::new(collect(rows)),
            Err(cause) => {
                tracing::warn!(%cause, "the sites' origins could not be read");
                self.sites().map(|(sites, _)| sites).unwrap_or_default()
            }
        };
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = Some((sites, Instant::now()));
    }
}

/// What is stored and is no origin opens no door.
fn collect(rows: Vec<(SiteId, String)>) -> Sites {
    let mut sites = Sites::new();
    for (site, origin) in rows {
        if let Ok(origin) = origin.parse() {
            sites.entry(origin).or_default().insert(site);
        }
    }
    sites
}
