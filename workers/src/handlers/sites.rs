//! Taking a deleted site away: its mails with their bytes, its rows in pieces, its files, and at last the site.
//!
//! Nothing is lost by dying in between: whatever is done is done, and the next attempt finds the rest.

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome};
use futures::TryStreamExt;
use jobs::{SiteId, sites};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use schema::ledger::Verdict;
use schema::pool::{Scope, Tx};
use schema::sites::removal::{self, Mail};
use std::time::{Duration, Instant};

/// How long one attempt goes on before it gives its place to others.
const STRETCH: Duration = Duration::from_secs(5 * 60);

/// Why an attempt ends before its work does.
enum End {
    /// The lease has passed to somebody else.
    Over,
    /// There is more to do.
    Later,
    Trouble(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for End {
    fn from(error: E) -> Self {
        End::Trouble(error.into())
    }
}

impl Long for sites::Remove {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        let mut removal = Removal { site: self.site_id, attempt, env, since: Instant::now() };
        match removal.run().await {
            Ok(verdict) => Ok(verdict),
            Err(End::Over) => Ok(Verdict::Done),
            Err(End::Later) => Ok(Verdict::Snooze(Duration::ZERO)),
            Err(End::Trouble(error)) => Err(error),
        }
    }
}

struct Removal<'a> {
    site: SiteId,
    attempt: &'a Attempt,
    env: &'a Env,
    since: Instant,
}

impl Removal<'_> {
    async fn run(&mut self) -> Result<Verdict, End> {
        let mut tx = self.hold().await?;
        if !removal::is_due(&mut tx, self.site).await? {
            tx.rollback().await;
            return Ok(Verdict::Discard("the site was not deleted".to_owned()));
        }
        tx.rollback().await;
        while self.some_mails().await? {
            self.may_go_on()?;
        }
        while self.some_rows().await? {
            self.may_go_on()?;
        }
        self.files().await?;
        let finished = self.attempt.finish(self.env, Scope::System).await?;
        let mut tx = finished.ok_or(End::Over)?;
        removal::remove_site(&mut tx, self.site).await?;
        tx.commit().await?;
        tracing::info!(site = %self.site, "a deleted site was taken away");
        Ok(Verdict::Done)
    }

    fn may_go_on(&self) -> Result<(), End> {
        match self.attempt.stop.is_cancelled() || self.since.elapsed() > STRETCH {
            true => Err(End::Later),
            false => Ok(()),
        }
    }

    async fn hold(&self) -> Result<Tx, End> {
        self.attempt.hold(self.env, Scope::System).await?.ok_or(End::Over)
    }

    async fn some_mails(&self) -> Result<bool, End> {
        let mut tx = self.hold().await?;
        let mails = removal::mails(&mut tx, self.site).await?;
        tx.rollback().await;
        if mails.is_empty() {
            return Ok(false);
        }
        self.bytes_of(&mails).await?;
        let mut tx = self.hold().await?;
        removal::remove_mails(&mut tx, &mails).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn bytes_of(&self, mails: &[Mail]) -> Result<(), End> {
        for key in mails.iter().filter_map(|mail| mail.raw_key.as_deref()) {
            delete(&*self.env.files, &Path::from(key)).await?;
        }
        Ok(())
    }

    async fn some_rows(&self) -> Result<bool, End> {
        let mut tx = self.hold().await?;
        let removed = removal::remove_rows(&mut tx, self.site).await?;
        tx.commit().await?;
        Ok(removed > 0)
    }

    /// Every family of files keeps a site's own under its id: `<family>/<site>/…`.
    async fn files(&self) -> Result<(), End> {
        let store = &*self.env.files;
        for family in store.list_with_delimiter(None).await?.common_prefixes {
            for spelling in [self.site.0.simple().to_string(), self.site.0.to_string()] {
                let mut files = store.list(Some(&family.clone().join(spelling)));
                while let Some(file) = files.try_next().await? {
                    delete(store, &file.location).await?;
                    self.may_go_on()?;
                }
            }
        }
        Ok(())
    }
}

/// What is gone already is gone.
async fn delete(store: &dyn ObjectStore, path: &Path) -> Result<(), object_store::Error> {
    match store.delete(path).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        done => done,
    }
}
