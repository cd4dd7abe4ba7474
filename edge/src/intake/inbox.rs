//! Where files wait until their request is decided: keys under `incoming/` of the object store.
//!
//! A small file is one `put`; a larger one goes in parts, so that neither we nor the store's client hold it whole.
//! A [`Stored`] owns its object: moved to its final key it stays, dropped in any other way it is deleted.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayloadMut, WriteMultipart};
use uuid::Uuid;

use super::error::DecodeError;

const SMALL_BYTES_MAX: usize = 256 << 10;
/// The smallest part S3 accepts.
const PART_BYTES: usize = 5 << 20;
/// Parts on their way at once, for one file.
const PARTS_IN_FLIGHT_MAX: usize = 2;

/// The object store as the receiver of uploads. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Inbox {
    store: Arc<dyn ObjectStore>,
    part_bytes: usize,
}

/// An object under `incoming/` that nothing refers to yet.
#[derive(Debug)]
pub struct Stored {
    store: Arc<dyn ObjectStore>,
    /// `None` once the object belongs to somebody else or is gone.
    path: Option<Path>,
}

/// Receives one file.
pub(super) struct Writer {
    inbox: Inbox,
    path: Path,
    held: PutPayloadMut,
    parts: Option<WriteMultipart>,
}

impl Inbox {
    /// Parts of 5 MiB, which every store accepts.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, part_bytes: PART_BYTES }
    }

    /// Smaller parts, for stores without a minimum (the local folder): they bound the memory of one upload.
    pub fn with_part_bytes(self, part_bytes: usize) -> Self {
        Self { part_bytes: part_bytes.max(1), ..self }
    }

    pub(super) fn open(&self) -> Writer {
        let path = Path::from(format!("incoming/{}", Uuid::now_v7()));
        Writer { inbox: self.clone(), path, held: PutPayloadMut::new(), parts: None }
    }
}

impl Writer {
    pub(super) async fn write(&mut self, chunk: Bytes) -> Result<(), DecodeError> {
        if let Some(parts) = &mut self.parts {
            parts.wait_for_capacity(PARTS_IN_FLIGHT_MAX).await?;
            parts.put(chunk);
            return Ok(());
        }
        self.held.push(chunk);
        if self.held.content_length() > SMALL_BYTES_MAX { self.start_parts().await } else { Ok(()) }
    }

    pub(super) async fn finish(mut self) -> Result<Stored, DecodeError> {
        match self.parts.take() {
            Some(parts) => parts.finish().await?,
            None => self.inbox.store.put(&self.path, self.held.freeze()).await?,
        };
        Ok(Stored { store: self.inbox.store, path: Some(self.path) })
    }

    /// Forgets what was written. A store that cannot do so keeps parts until its own lifecycle rule removes them.
    pub(super) async fn abort(self) {
        if let Some(parts) = self.parts
            && let Err(cause) = parts.abort().await
        {
            tracing::warn!(%cause, "parts of an unfinished upload could not be removed");
        }
    }

    async fn start_parts(&mut self) -> Result<(), DecodeError> {
        let upload = self.inbox.store.put_multipart(&self.path).await?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, self.inbox.part_bytes);
        for chunk in std::mem::take(&mut self.held).freeze() {
            parts.put(chunk);
        }
        self.parts = Some(parts);
        Ok(())
    }
}

impl Stored {
    /// The temporary key.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_ref()
    }

    /// Moves the object to its final key, where it stays.
    ///
    /// # Errors
    /// The store's; the object is then deleted.
    pub async fn move_to(mut self, path: &Path) -> Result<(), object_store::Error> {
        if let Some(from) = &self.path {
            self.store.rename(from, path).await?;
        }
        self.path = None;
        Ok(())
    }

    /// Leaves the object at its temporary key and hands the key over.
    pub fn keep(mut self) -> Option<Path> {
        self.path.take()
    }

    /// Deletes the object now.
    pub async fn discard(mut self) {
        if let Some(path) = self.path.take() {
            delete(self.store.as_ref(), &path).await;
        }
    }
}

impl Drop for Stored {
    /// A request may end anywhere, also by a client that went away; the object goes with it.
    fn drop(&mut self) {
        let Some(path) = self.path.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let store = Arc::clone(&self.store);
            runtime.spawn(async move { delete(store.as_ref(), &path).await });
        }
    }
}

async fn delete(store: &dyn ObjectStore, path: &Path) {
    if let Err(cause) = store.delete(path).await {
        tracing::warn!(%cause, "a discarded upload could not be deleted");
    }
}
