//! One file of a request.

use schema::files::rules::{Facts, FileKind};

use super::stored::Stored;

/// A file part that was read to its end, or to its limit.
#[derive(Debug)]
pub struct Upload {
    /// The form field it came under.
    pub field: String,
    /// The client's name for it, safe to show: base name only, no control characters, at most 255 characters.
    pub file_name: String,
    /// The media type the client declared, as sent; empty without one.
    pub declared_type: String,
    /// One byte past the limit or more when the file was larger than allowed.
    pub size_bytes: u64,
    /// What the content is.
    pub kind: Option<FileKind>,
    /// Where its bytes are; `None` for an empty file and for one past its limit.
    pub stored: Option<Stored>,
}

impl Upload {
    /// The facts a policy judges.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            file_name: &self.file_name,
            declared: Some(&self.declared_type),
            size_bytes: self.size_bytes,
            found: self.kind,
        }
    }

    /// Deletes its bytes.
    pub async fn discard(self) {
        if let Some(stored) = self.stored {
            stored.discard().await;
        }
    }
}
