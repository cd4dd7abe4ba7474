//! Notes effects of long jobs that have no transaction of their own: gathered here, written many at a time.
//!
//! A job that ran twice is noted twice. Notes are the bench's cost, not the product's: about two microseconds each.

use super::kinds;
use chrono::{DateTime, Utc};
use schema::pool::{DbResult, Scope};
use std::sync::OnceLock;
use tokio::sync::mpsc;
use workers::env::Env;

const WAITING_MAX: usize = 65_536;
const BATCH_MAX: usize = 1000;

type Effect = (i64, DateTime<Utc>);

/// Takes one effect; waits only while too many are unwritten.
pub async fn note(env: &Env, n: i64, started: DateTime<Utc>) {
    static NOTES: OnceLock<mpsc::Sender<Effect>> = OnceLock::new();
    let notes = NOTES.get_or_init(|| {
        let (notes, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(write(env.clone(), waiting));
        notes
    });
    // The writer ends with the process only.
    let _ = notes.send((n, started)).await;
}

async fn write(env: Env, mut waiting: mpsc::Receiver<Effect>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        if let Err(error) = write_batch(&env, &batch).await {
            eprintln!("effects were lost, so this measurement will be refused: {error}");
        }
        batch.clear();
    }
}

async fn write_batch(env: &Env, batch: &[Effect]) -> DbResult<()> {
    let mut tx = env.db.begin(Scope::System).await?;
    kinds::note(&mut tx, batch).await?;
    tx.commit().await
}
