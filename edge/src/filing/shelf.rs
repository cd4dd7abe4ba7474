//! Where the files of a request stay: from the inbox to keys that rows refer to.

use crate::error::ApiError;
use crate::intake::Upload;
use crate::state::State;
use crate::time::now;
use jobs::SiteId;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use schema::files::rules::{FileKind, clash_suffix, stored_path, upload_name};
use schema::forms::SubmittedFile;
use schema::tickets::NewAttachment;
use uuid::Uuid;

/// Which part of the store a route's files belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directory {
    /// `support_tickets/<site>/<the client's name, cleaned>_<random>.<extension>` (B12-41, B12-42). One folder a
    /// site: a folder a file would cost more than the file.
    SupportTickets,
    /// `tickets/<site>/<time>-<random>.<extension>` (B19-12)
    Tickets,
    /// As `Tickets`, under `forms/`.
    Forms,
}

/// The files of one request at their final keys.
#[derive(Debug, Default)]
pub struct Shelf {
    files: Vec<Shelved>,
}

#[derive(Debug)]
struct Shelved {
    id: Uuid,
    field: String,
    file_name: String,
    content_type: &'static str,
    size_bytes: i64,
    path: Path,
}

impl Shelf {
    /// Moves what the inbox holds. Uploads without content or of no known kind are left out: rules refused them.
    ///
    /// # Errors
    /// A file cannot be moved; then none is kept.
    pub async fn fill(
        state: &State,
        directory: Directory,
        site: SiteId,
        uploads: Vec<Upload>,
    ) -> Result<Self, ApiError> {
        let mut shelf = Self::default();
        for upload in uploads {
            if let Err(error) = shelf.add(directory, site, upload).await {
                shelf.clear(state).await;
                return Err(error);
            }
        }
        Ok(shelf)
    }

    async fn add(&mut self, directory: Directory, site: SiteId, upload: Upload) -> Result<(), ApiError> {
        let (Some(stored), Some(kind)) = (upload.stored, upload.kind) else { return Ok(()) };
        let id = Uuid::now_v7();
        let key = directory.key(site, &upload.file_name, kind);
        let path = Path::parse(key).map_err(|cause| ApiError::Fault(cause.into()))?;
        stored.move_to(&path).await.map_err(|cause| ApiError::Fault(cause.into()))?;
        self.files.push(Shelved {
            id,
            field: upload.field,
            file_name: upload.file_name,
            content_type: kind.media_type(),
            size_bytes: i64::try_from(upload.size_bytes).unwrap_or(i64::MAX),
            path,
        });
        Ok(())
    }

    pub fn attachments(&self) -> Vec<NewAttachment> {
        let attachment = |file: &Shelved| NewAttachment {
            id: file.id,
            file_name: file.file_name.clone(),
            content_type: file.content_type.to_owned(),
            size_bytes: file.size_bytes,
            storage_key: Some(file.path.to_string()),
            refused_because: None,
            content_id: None,
        };
        self.files.iter().map(attachment).collect()
    }

    pub fn submitted(&self) -> Vec<SubmittedFile> {
        let submitted = |file: &Shelved| SubmittedFile {
            field: file.field.clone(),
            file_name: file.file_name.clone(),
            content_type: file.content_type.to_owned(),
            size_bytes: file.size_bytes,
            storage_key: file.path.to_string(),
        };
        self.files.iter().map(submitted).collect()
    }

    /// Deletes them: nothing refers to them.
    pub async fn clear(self, state: &State) {
        for file in self.files {
            if let Err(cause) = state.store.delete(&file.path).await {
                tracing::warn!(%cause, "a file that nothing refers to could not be deleted");
            }
        }
    }
}

impl Directory {
    fn key(self, site: SiteId, file_name: &str, kind: FileKind) -> String {
        let site = site.0.simple();
        let name = || upload_name(now().timestamp_millis(), Uuid::new_v4().as_u128(), kind);
        match self {
            Self::SupportTickets => {
                // Two suffixes: names meet so seldom that nobody has to look.
                let (one, other) = Uuid::new_v4().as_u64_pair();
                let suffix = clash_suffix(one) + &clash_suffix(other);
                stored_path(&format!("support_tickets/{site}"), file_name, Some(&suffix))
            }
            Self::Tickets => format!("tickets/{site}/{}", name()),
            Self::Forms => format!("forms/{site}/{}", name()),
        }
    }
}
