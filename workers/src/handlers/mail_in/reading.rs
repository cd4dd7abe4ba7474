//! Stored bytes → a mail. Whatever the bytes do to a parser ends in a named cause.

use crate::env::Env;
use anyhow::Context;
use object_store::{ObjectStoreExt, path::Path};
use schema::mail::bodies::Body;
use schema::mail::inbound::Raw;
use schema::mail::rules::{Incoming, Unreadable, read_owned};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Mails up to this size are read where they are; larger ones on a thread of their own.
const QUICK_BYTES_MAX: usize = 64 * 1024;

/// What takes a mail's bytes apart.
pub type Parser = Arc<dyn Fn(Vec<u8>) -> Result<Incoming, Unreadable> + Send + Sync>;

/// How mails are read, and how long that may take.
#[derive(Clone)]
pub struct Reader {
    pub parse: Parser,
    /// How long reading a large mail may take.
    pub reading_max: Duration,
    /// How long one mail may take in all; less than its job may, so that it ends with a cause.
    pub work_max: Duration,
}

impl Default for Reader {
    fn default() -> Self {
        let (reading_max, work_max) = (Duration::from_secs(30), Duration::from_secs(90));
        Self { parse: Arc::new(read_owned), reading_max, work_max }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reading_max, work_max, .. } = self;
        f.debug_struct("Reader").field("reading_max", reading_max).field("work_max", work_max).finish()
    }
}

/// A mail that was read.
pub struct Arrived {
    pub mail: Incoming,
    /// Its pieces and its page, if it has more than plain words.
    pub body: Option<Box<Body>>,
}

/// Bytes of large mails that one process works on at the same time: as much as the largest mail has.
const LARGE_BYTES_MAX: u32 = schema::mail::rules::read::SIZE_BYTES_MAX as u32;
/// How long a large mail waits for those before it.
const ROOM_MAX: Duration = Duration::from_secs(10);

/// Room for the mails that are too large for their rows: however many wait, they are held one after another.
#[derive(Clone, Debug)]
pub struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LARGE_BYTES_MAX as usize)))
    }
}

impl Room {
    /// None if there is none for now.
    async fn take(&self, size_bytes: u64) -> Option<OwnedSemaphorePermit> {
        let share = u32::try_from(size_bytes).unwrap_or(u32::MAX).min(LARGE_BYTES_MAX);
        let taken = tokio::time::timeout(ROOM_MAX, Arc::clone(&self.0).acquire_many_owned(share)).await;
        taken.ok()?.ok()
    }
}

/// The bytes of a stored mail, taken out of it, and the room they need until the mail has its outcome. None if they
/// have to wait.
///
/// # Errors
/// The file store is away.
pub async fn bytes(
    stored: &mut Raw,
    env: &Env,
) -> anyhow::Result<Option<(Vec<u8>, Option<OwnedSemaphorePermit>)>> {
    match (stored.raw.take(), &stored.raw_key) {
        (Some(raw), _) => Ok(Some((raw, None))),
        (None, Some(key)) => {
            let file = env.files.get(&Path::from(key.as_str())).await.context("the raw mail's file")?;
            let Some(room) = env.room.take(file.meta.size).await else { return Ok(None) };
            // Without a copy: the store hands over bytes that nobody else has.
            Ok(Some((Vec::from(file.bytes().await?), Some(room))))
        }
        (None, None) => anyhow::bail!("the mail's bytes are nowhere"),
    }
}

/// # Errors
/// The cause under which the mail is quarantined.
pub async fn read(raw: Vec<u8>, reader: &Reader) -> Result<Arrived, &'static str> {
    if raw.len() <= QUICK_BYTES_MAX {
        return guarded(raw, &reader.parse);
    }
    let parse = Arc::clone(&reader.parse);
    let reading = tokio::task::spawn_blocking(move || guarded(raw, &parse));
    match tokio::time::timeout(reader.reading_max, reading).await {
        Ok(Ok(read)) => read,
        Ok(Err(_)) => Err("panicked"),
        Err(_) => Err("too_slow"),
    }
}

fn guarded(raw: Vec<u8>, parse: &Parser) -> Result<Arrived, &'static str> {
    catch_unwind(AssertUnwindSafe(move || {
        let mail = parse(raw).map_err(Unreadable::code)?;
        Ok(Arrived { body: Body::of(&mail).map(Box::new), mail })
    }))
    .unwrap_or(Err("panicked"))
}
