//! Where a file is received.
//!
//! A small file is held in memory until its request is decided, and written once, where it stays: most requests that
//! are refused never touch the disk. What is held by all requests together is bounded; a file that is large, or that
//! finds no room in time, goes in parts to a key under `incoming/`, so that nobody holds it whole.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::error::DecodeError;
use super::folder::Folder;
use super::stored::Stored;

/// Room is given out in pieces of this size.
const SLOT_BYTES: usize = 64 << 10;
/// For all requests together: 4 MiB.
const SLOTS: usize = 64;
const SMALL_BYTES_MAX: usize = 256 << 10;
/// How long a file waits for room. Whoever has some gives it back within milliseconds, unless its client is slow.
const PATIENCE: Duration = Duration::from_millis(250);
/// The smallest part S3 accepts.
const PART_BYTES: usize = 5 << 20;
/// Parts on their way at once, for one file.
const PARTS_IN_FLIGHT_MAX: usize = 2;

/// The object store as the receiver of uploads. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Inbox {
    pub(super) store: Arc<dyn ObjectStore>,
    /// The quicker way for whole files, if the store is a folder.
    pub(super) folder: Option<Folder>,
    part_bytes: usize,
    room: Arc<Semaphore>,
}

/// A small file in memory, and the room it takes.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    /// Given back when the bytes are.
    pub(super) _room: OwnedSemaphorePermit,
}

/// Receives one file.
pub(super) struct Writer {
    inbox: Inbox,
    state: State,
}

enum State {
    Memory { bytes: Vec<u8>, room: OwnedSemaphorePermit },
    Parts { path: Path, parts: WriteMultipart },
}

impl Inbox {
    /// Parts of 5 MiB, which every store accepts.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None, part_bytes: PART_BYTES, room: Arc::new(Semaphore::new(SLOTS)) }
    }

    /// Writes small files into a local folder under their final names at once; the caller's runtime lends the
    /// threads.
    pub fn in_folder(store: Arc<LocalFileSystem>) -> Self {
        Self { folder: Some(Folder::open(store.clone())), ..Self::new(store) }
    }

    /// Smaller parts, for stores without a minimum (the local folder): they bound the memory of one upload.
    pub fn with_part_bytes(self, part_bytes: usize) -> Self {
        Self { part_bytes: part_bytes.max(1), ..self }
    }

    /// Room for a small file, if there is some in time. Asked for before a form is read: those who wait hold nothing
    /// of it.
    pub(super) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        tokio::time::timeout(PATIENCE, self.room.clone().acquire_owned()).await.ok()?.ok()
    }

    /// Begins a file, in `room` if it has some.
    pub(super) async fn open(&self, room: Option<OwnedSemaphorePermit>) -> Result<Writer, DecodeError> {
        let state = match room {
            Some(room) => State::Memory { bytes: Vec::new(), room },
            None => self.start_parts().await?,
        };
        Ok(Writer { inbox: self.clone(), state })
    }

    async fn start_parts(&self) -> Result<State, DecodeError> {
        let path = Path::from(format!("incoming/{}", Uuid::now_v7()));
        let upload = self.store.put_multipart(&path).await?;
        Ok(State::Parts { path, parts: WriteMultipart::new_with_chunk_size(upload, self.part_bytes) })
    }
}

impl Writer {
    pub(super) async fn write(&mut self, chunk: &[u8]) -> Result<(), DecodeError> {
        if let State::Memory { bytes, room } = &mut self.state {
            let wanted = bytes.len() + chunk.len();
            if wanted <= SMALL_BYTES_MAX && widen(room, wanted) {
                bytes.reserve_exact(room.num_permits() * SLOT_BYTES - bytes.len());
                bytes.extend_from_slice(chunk);
                return Ok(());
            }
            let mut parts = self.inbox.start_parts().await?;
            std::mem::swap(&mut self.state, &mut parts);
            if let (State::Parts { parts, .. }, State::Memory { bytes, .. }) = (&mut self.state, &parts) {
                parts.write(bytes);
            }
        }
        if let State::Parts { parts, .. } = &mut self.state {
            parts.wait_for_capacity(PARTS_IN_FLIGHT_MAX).await?;
            parts.write(chunk);
        }
        Ok(())
    }

    pub(super) async fn finish(self) -> Result<Stored, DecodeError> {
        match self.state {
            State::Memory { bytes, room } => {
                Ok(Stored::held(self.inbox, Held { bytes: bytes.into(), _room: room }))
            }
            State::Parts { path, parts } => {
                parts.finish().await?;
                Ok(Stored::object(self.inbox, path))
            }
        }
    }

    /// Forgets what was written. A store that cannot do so keeps parts until its own lifecycle rule removes them.
    pub(super) async fn abort(self) {
        if let State::Parts { parts, .. } = self.state
            && let Err(cause) = parts.abort().await
        {
            tracing::warn!(%cause, "parts of an unfinished upload could not be removed");
        }
    }
}

/// More room, if there is some now: whoever has a part of what it needs must not wait for the rest.
fn widen(room: &mut OwnedSemaphorePermit, bytes: usize) -> bool {
    let lacking = bytes.div_ceil(SLOT_BYTES).saturating_sub(room.num_permits());
    if lacking == 0 {
        return true;
    }
    let more = u32::try_from(lacking)
        .ok()
        .and_then(|more| room.semaphore().clone().try_acquire_many_owned(more).ok());
    more.map(|more| room.merge(more)).is_some()
}
