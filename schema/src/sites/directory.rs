//! Finds sites and keeps their settings for a while.

use super::Settings;
use crate::pool::{Db, DbError};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, BigInt, Binary, Json, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long settings are kept without asking again. Acts check the version besides.
const KEPT: Duration = Duration::from_secs(30);
const KEPT_MAX: usize = 10_000;

/// The hash under which a widget key is stored.
#[must_use]
pub fn key_hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Name {
    Key([u8; 32]),
    Site(SiteId),
    Addresses(Box<[String]>),
    Default,
}

type Kept = HashMap<Name, (Arc<Settings>, Instant)>;

/// Sites by what callers know of them; cheap to clone.
#[derive(Clone)]
pub struct Directory {
    db: Db,
    kept: Arc<RwLock<Kept>>,
}

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
}

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = BigInt)]
    version: i64,
}

#[derive(QueryableByName)]
struct Document {
    #[diesel(sql_type = Json)]
    document: serde_json::Value,
}

impl Directory {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, kept: Arc::default() }
    }

    /// The site of a widget key; none if the key is unknown or revoked.
    ///
    /// # Errors
    /// The database is away, or the settings cannot be read.
    pub async fn by_key(&self, key: &str) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find(Name::Key(key_hash(key))).await
    }

    /// # Errors
    /// As [`Directory::by_key`].
    pub async fn by_id(&self, site: SiteId) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find(Name::Site(site)).await
    }

    /// A site as it stands now: what is kept of it is believed only once the database has said that it is the latest.
    /// For reads; acts have the version checked where they write.
    ///
    /// # Errors
    /// As [`Directory::by_key`].
    pub async fn current(&self, site: SiteId) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find_current(Name::Site(site)).await
    }

    /// As [`Directory::by_key`], for a key that was not revoked in the meantime.
    ///
    /// # Errors
    /// As [`Directory::by_key`].
    pub async fn current_by_key(&self, key: &str) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find_current(Name::Key(key_hash(key))).await
    }

    /// As [`Directory::default_site`], as it stands now.
    ///
    /// # Errors
    /// As [`Directory::by_key`].
    pub async fn current_default(&self) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find_current(Name::Default).await
    }

    /// The deployment's default site.
    ///
    /// # Errors
    /// As [`Directory::by_key`].
    pub async fn default_site(&self) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find(Name::Default).await
    }

    /// The first active site that receives mail at one of these addresses.
    ///
    /// # Errors
    /// As [`Directory::by_key`].
    pub async fn by_addresses(&self, addresses: &[String]) -> anyhow::Result<Option<Arc<Settings>>> {
        self.find(Name::Addresses(addresses.into())).await
    }

    /// Forgets what is kept of a site, under all its names.
    pub fn forget(&self, site: SiteId) {
        if let Ok(mut kept) = self.kept.write() {
            kept.retain(|_, (settings, _)| settings.id != site);
        }
    }

    async fn find(&self, name: Name) -> anyhow::Result<Option<Arc<Settings>>> {
        if let Some(settings) = self.fresh(&name) {
            return Ok(Some(settings));
        }
        let found = self.load(&name).await?;
        if let (Some(settings), Ok(mut kept)) = (&found, self.kept.write()) {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(name, (settings.clone(), Instant::now()));
        }
        Ok(found)
    }

    async fn find_current(&self, name: Name) -> anyhow::Result<Option<Arc<Settings>>> {
        let Some(kept) = self.fresh(&name) else { return self.find(name).await };
        if self.version(kept.id).await? == Some(kept.version) {
            return Ok(Some(kept));
        }
        self.forget(kept.id);
        self.find(name).await
    }

    fn fresh(&self, name: &Name) -> Option<Arc<Settings>> {
        let kept = self.kept.read().ok()?;
        let (settings, since) = kept.get(name)?;
        (since.elapsed() < KEPT).then(|| settings.clone())
    }

    async fn version(&self, site: SiteId) -> Result<Option<i64>, DbError> {
        let mut conn = self.db.conn().await?;
        let find = sql("select v as version from site_version(?) as v").bind::<SqlUuid, _>(site.0);
        let rows: Vec<VersionRow> = find.get_results(&mut **conn).await?;
        Ok(rows.into_iter().next().map(|row| row.version))
    }

    async fn load(&self, name: &Name) -> anyhow::Result<Option<Arc<Settings>>> {
        let Some(site) = self.identify(name).await? else { return Ok(None) };
        let mut conn = self.db.conn().await?;
        let rows: Vec<Document> = sql("select s as document from site_snapshot(?) as s")
            .bind::<SqlUuid, _>(site)
            .get_results(&mut **conn)
            .await
            .map_err(DbError::from)?;
        rows.into_iter().next().map(|row| Ok(Arc::new(Settings::read(row.document)?))).transpose()
    }

    async fn identify(&self, name: &Name) -> Result<Option<Uuid>, DbError> {
        if let Name::Site(site) = name {
            return Ok(Some(site.0));
        }
        let mut conn = self.db.conn().await?;
        let rows: Vec<SiteRow> = match name {
            Name::Site(site) => vec![SiteRow { site_id: site.0 }],
            Name::Addresses(addresses) => {
                let find = sql("select s as site_id from site_of_address(?) as s");
                find.bind::<Array<Text>, _>(&**addresses).get_results(&mut **conn).await?
            }
            Name::Key(hash) => {
                let find = sql("select s as site_id from site_of_key(?) as s");
                find.bind::<Binary, _>(hash.to_vec()).get_results(&mut **conn).await?
            }
            Name::Default => {
                sql("select s as site_id from site_default() as s").get_results(&mut **conn).await?
            }
        };
        Ok(rows.into_iter().next().map(|row| row.site_id))
    }
}
