//! Stored files that no row names.
//!
//! Files are stored before the row that names them, so a process that dies in between leaves one behind; deleting a
//! site leaves all of its files. A file is left alone for a day: whoever stored it is then long done or dead.

use crate::env::Env;
use crate::handler::{Attempt, Long, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};
use jobs::NewJob;
use jobs::upkeep::SweepFiles;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use schema::files::leftovers::{FOLDERS, unnamed};
use schema::ledger::Verdict;
use schema::pool::Scope;

const LEFT_ALONE: TimeDelta = TimeDelta::hours(24);
/// Files asked about at once.
const CHUNK: usize = 1000;
/// Files that one run removes; the next is enqueued when more may be waiting.
const REMOVED_MAX: usize = 10_000;

impl Long for SweepFiles {
    async fn run(&self, attempt: &Attempt, env: &Env) -> Outcome {
        let removed = sweep(env, env.now() - LEFT_ALONE, REMOVED_MAX).await?;
        if removed > 0 {
            tracing::info!(removed, "stored files that no row names were removed");
        }
        let Some(mut tx) = attempt.finish(env, Scope::System).await? else { return Ok(Verdict::Done) };
        if removed >= REMOVED_MAX {
            tx.enqueue(NewJob::of(self));
        }
        tx.commit().await?;
        Ok(Verdict::Done)
    }
}

/// Removes at most `removed_max` files that were last written before `before`; returns how many there were.
async fn sweep(env: &Env, before: DateTime<Utc>, removed_max: usize) -> anyhow::Result<usize> {
    let mut removed = 0;
    for folder in FOLDERS {
        let old = env.files.list(Some(&Path::from(folder)));
        let old = old.try_filter(|file| std::future::ready(file.last_modified < before));
        let mut chunks = old.map_ok(|file| file.location.to_string()).try_chunks(CHUNK);
        while let Some(keys) = chunks.next().await {
            removed += remove_unnamed(env, &keys?, removed_max - removed).await?;
            if removed >= removed_max {
                return Ok(removed);
            }
        }
    }
    Ok(removed)
}

async fn remove_unnamed(env: &Env, keys: &[String], removed_max: usize) -> anyhow::Result<usize> {
    let mut tx = env.db.begin(Scope::System).await?;
    let loose = unnamed(&mut tx, keys).await?;
    tx.rollback().await;
    let mut removed = 0;
    for key in loose.iter().take(removed_max) {
        match env.files.delete(&Path::parse(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => removed += 1,
            Err(cause) => return Err(cause.into()),
        }
    }
    Ok(removed)
}
