//! Whole files into a local folder, straight under their final names.
//!
//! The object store writes under a temporary name first, so that a reader never meets half a file. Here a file is
//! found only through its row, and the row is written after the file: nobody can look earlier, and the second name
//! would cost as much as the file. Many requests share one visit to a thread that may block.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Arc;

use object_store::Error;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use schema::batch::Batcher;
use tokio::task::spawn_blocking;

use super::inbox::Held;

/// One writes while the next batch grows; more would only wait for the same directory.
const LANES: usize = 2;
const BATCH_MAX: usize = 16;
/// More than the inbox has room for.
const WAITING_MAX: usize = 1024;

/// A folder that takes whole files. Cheap to clone.
#[derive(Clone)]
pub(super) struct Folder {
    store: Arc<LocalFileSystem>,
    files: Batcher<(PathBuf, Held), io::Result<()>>,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Folder {
    pub(super) fn open(store: Arc<LocalFileSystem>) -> Self {
        let write_each = |files: Vec<(PathBuf, Held)>| async move {
            let count = files.len();
            let written = spawn_blocking(move || files.into_iter().map(write).collect()).await;
            written.unwrap_or_else(|_| (0..count).map(|_| Err(ErrorKind::Other.into())).collect())
        };
        Self { store, files: Batcher::start(LANES, BATCH_MAX, WAITING_MAX, write_each) }
    }

    /// # Errors
    /// The file exists, or cannot be written; what was written of it is removed.
    pub(super) async fn write(&self, key: &Path, held: Held) -> Result<(), Error> {
        let path = self.store.path_to_filesystem(key)?;
        let written = self.files.submit((path, held)).await;
        written.unwrap_or_else(|refused| Err(io::Error::other(refused))).map_err(unwritten)
    }
}

fn unwritten(cause: io::Error) -> Error {
    Error::Generic { store: "folder", source: Box::new(cause) }
}

fn write((path, held): (PathBuf, Held)) -> io::Result<()> {
    let mut file = create(&path)?;
    let written = file.write_all(&held.bytes);
    if written.is_err() {
        // Whoever asked hears of the first failure.
        let _ = std::fs::remove_file(&path);
    }
    written
}

/// A new file; the folder above it is made when it is missing.
fn create(path: &PathBuf) -> io::Result<File> {
    let open = || OpenOptions::new().write(true).create_new(true).open(path);
    match (open(), path.parent()) {
        (Err(cause), Some(parent)) if cause.kind() == ErrorKind::NotFound => {
            std::fs::create_dir_all(parent)?;
            open()
        }
        (opened, _) => opened,
    }
}
