//! A file that was received and that nothing refers to yet.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload};

use super::inbox::{Held, Inbox};

/// Moved to its final key it stays; dropped in any other way it is gone.
#[derive(Debug)]
pub struct Stored {
    inbox: Inbox,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Held),
    /// Under `incoming/`.
    Object(Path),
    /// It belongs to somebody else, or is gone.
    Nowhere,
}

impl Stored {
    pub(super) fn held(inbox: Inbox, held: Held) -> Self {
        Self { inbox, place: Place::Memory(held) }
    }

    pub(super) fn object(inbox: Inbox, path: Path) -> Self {
        Self { inbox, place: Place::Object(path) }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The store's.
    pub async fn read(&self) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        match &self.place {
            Place::Memory(held) => Ok(stream::iter([Ok(held.bytes.clone())]).boxed()),
            Place::Object(path) => Ok(self.inbox.store.get(path).await?.into_stream()),
            Place::Nowhere => Ok(stream::empty().boxed()),
        }
    }

    /// Puts it where it stays. Until a row names it, `upkeep` takes it for a leftover.
    ///
    /// # Errors
    /// The store's; nothing is left of it then.
    pub async fn move_to(mut self, path: &Path) -> Result<(), Error> {
        match std::mem::replace(&mut self.place, Place::Nowhere) {
            Place::Memory(held) => match &self.inbox.folder {
                Some(folder) => folder.write(path, held).await,
                None => self.inbox.store.put(path, PutPayload::from(held.bytes)).await.map(|_| ()),
            },
            Place::Object(from) => {
                let moved = self.inbox.store.rename(&from, path).await;
                if moved.is_err() {
                    self.place = Place::Object(from);
                }
                moved
            }
            Place::Nowhere => Ok(()),
        }
    }

    /// Deletes it now.
    pub async fn discard(mut self) {
        if let Place::Object(path) = std::mem::replace(&mut self.place, Place::Nowhere) {
            delete(self.inbox.store.as_ref(), &path).await;
        }
    }
}

impl Drop for Stored {
    /// A request may end anywhere, also by a client that went away; the object goes with it.
    fn drop(&mut self) {
        let Place::Object(path) = std::mem::replace(&mut self.place, Place::Nowhere) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let store = self.inbox.store.clone();
            runtime.spawn(async move { delete(store.as_ref(), &path).await });
        }
    }
}

async fn delete(store: &dyn ObjectStore, path: &Path) {
    if let Err(cause) = store.delete(path).await {
        tracing::warn!(%cause, "a discarded upload could not be deleted");
    }
}
