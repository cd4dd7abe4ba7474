//! What one door lets in: allowed kinds, size, extension, and in which order a file is judged.

use super::kind::FileKind;
use super::name::{base_name, extension};
use super::{SUPPORT_FORM_BYTES_MAX, UPLOAD_BYTES_MAX};

const IMAGES_AND_PDF: &[FileKind] = &[FileKind::Jpeg, FileKind::Png, FileKind::Pdf];
const WITH_DOCUMENTS: &[FileKind] =
    &[FileKind::Jpeg, FileKind::Png, FileKind::Pdf, FileKind::Doc, FileKind::Docx];

/// What is known about a file when it has arrived.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// As the client sent it.
    pub file_name: &'a str,
    /// The media type the client declared; `None` where nobody declares one truthfully (mail), then the content
    /// alone decides.
    pub declared: Option<&'a str>,
    /// At least the limit plus one when reading stopped early.
    pub size_bytes: u64,
    pub found: Option<FileKind>,
}

/// How strictly the name's extension is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// The name must end in an extension of the found kind.
    Required,
    /// A name without an extension passes; one of another kind does not.
    MayBeMissing,
}

/// Which check speaks first when several fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    SizeThenType,
    TypeThenSize,
}

/// The rules of one door. The constructors are the doors that exist.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    pub kinds: &'static [FileKind],
    /// Inclusive.
    pub size_bytes_max: u64,
    pub extension: Extension,
    pub order: Order,
}

/// Why a file is not kept. `Display` is the Turkish text of the native routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Geçersiz dosya")]
    Empty,
    #[error("Dosya çok büyük (max {}MB)", .size_bytes_max >> 20)]
    TooLarge { size_bytes_max: u64 },
    #[error("Geçersiz dosya tipi")]
    TypeNotAllowed,
    #[error("Geçersiz dosya")]
    ContentMismatch,
}

impl Refusal {
    /// The English of the native routes.
    #[must_use]
    pub fn english(&self) -> String {
        match self {
            Self::Empty | Self::ContentMismatch => "Invalid file".into(),
            Self::TooLarge { size_bytes_max } => {
                format!("The file is too large (max {}MB)", size_bytes_max >> 20)
            }
            Self::TypeNotAllowed => "Invalid file type".into(),
        }
    }
}

impl Policy {
    /// The support form: five kinds, 5 MB, size before type (B12-27, B12-38…40).
    pub const fn support_form() -> Self {
        Self {
            kinds: WITH_DOCUMENTS,
            size_bytes_max: SUPPORT_FORM_BYTES_MAX,
            extension: Extension::Required,
            order: Order::SizeThenType,
        }
    }

    /// Chats, tickets, dynamic forms and mails: 10 MB, type before size (B19-01…08). `documents` is the site's
    /// switch for DOC and DOCX (B19-03).
    pub const fn upload(documents: bool) -> Self {
        Self {
            kinds: if documents { WITH_DOCUMENTS } else { IMAGES_AND_PDF },
            size_bytes_max: UPLOAD_BYTES_MAX,
            extension: Extension::MayBeMissing,
            order: Order::TypeThenSize,
        }
    }

    /// The kind of an acceptable file.
    ///
    /// # Errors
    /// The first refusal in this policy's order.
    pub fn check(&self, facts: &Facts<'_>) -> Result<FileKind, Refusal> {
        match self.order {
            Order::SizeThenType => {
                self.check_size(facts.size_bytes)?;
                self.check_declared(facts.declared)?;
            }
            Order::TypeThenSize => {
                self.check_declared(facts.declared)?;
                self.check_size(facts.size_bytes)?;
            }
        }
        self.check_content(facts)
    }

    /// Whether the declared type is allowed at all; answerable before the first byte of the file.
    ///
    /// # Errors
    /// [`Refusal::TypeNotAllowed`].
    pub fn check_declared(&self, declared: Option<&str>) -> Result<(), Refusal> {
        let allowed =
            |media_type| FileKind::from_declared(media_type).is_some_and(|k| self.kinds.contains(&k));
        if declared.is_none_or(allowed) { Ok(()) } else { Err(Refusal::TypeNotAllowed) }
    }

    fn check_size(&self, size_bytes: u64) -> Result<(), Refusal> {
        match size_bytes {
            0 => Err(Refusal::Empty),
            n if n > self.size_bytes_max => Err(Refusal::TooLarge { size_bytes_max: self.size_bytes_max }),
            _ => Ok(()),
        }
    }

    /// Found content, declared type and extension must tell the same story, or the file is a disguise.
    fn check_content(&self, facts: &Facts<'_>) -> Result<FileKind, Refusal> {
        let found = facts.found.filter(|kind| self.kinds.contains(kind)).ok_or(Refusal::ContentMismatch)?;
        let as_declared = facts.declared.is_none_or(|d| FileKind::from_declared(d) == Some(found));
        let as_named = match extension(&base_name(facts.file_name)) {
            Some(extension) => found.owns_extension(&extension),
            None => self.extension == Extension::MayBeMissing,
        };
        if as_declared && as_named { Ok(found) } else { Err(Refusal::ContentMismatch) }
    }
}
