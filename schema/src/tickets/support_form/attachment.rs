//! The rule of the one optional file of the support form (B12-27, B12-38…40).

use serde_json::Value;

use super::texts::Message;
use crate::files::rules::{Facts, FileKind, Policy, Refusal};

/// What came under the name `attachment`.
#[derive(Debug, Clone, Copy, Default)]
pub enum Attachment<'a> {
    /// Nothing, null, an empty value, or a file input in which no file was chosen.
    #[default]
    Missing,
    /// A text or another JSON value where a file part belongs.
    NotAFile,
    File(Facts<'a>),
}

impl From<Option<&Value>> for Attachment<'_> {
    fn from(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Missing,
            Some(Value::String(text)) if text.is_empty() => Self::Missing,
            Some(_) => Self::NotAFile,
        }
    }
}

impl Attachment<'_> {
    /// The kind of an accepted file, `None` without one.
    ///
    /// # Errors
    /// One message.
    pub fn check(&self) -> Result<Option<FileKind>, Vec<Message>> {
        check(self)
    }
}

/// The kind of an accepted file, `None` without one.
pub(super) fn check(attachment: &Attachment<'_>) -> Result<Option<FileKind>, Vec<Message>> {
    let facts = match attachment {
        Attachment::Missing => return Ok(None),
        Attachment::NotAFile => return Err(vec![Message::NotAFile]),
        Attachment::File(facts) => facts,
    };
    Policy::support_form().check(facts).map(Some).map_err(|refusal| vec![message(refusal)])
}

fn message(refusal: Refusal) -> Message {
    match refusal {
        Refusal::Empty => Message::FileEmpty,
        Refusal::TooLarge { .. } => Message::FileTooLarge,
        Refusal::TypeNotAllowed | Refusal::ContentMismatch => Message::FileType,
    }
}
