//! Why a body could not be taken in. What the client reads is in `answer`; `Display` is for the log.

use schema::files::rules::Refusal;

/// The first thing wrong with a body.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The `Content-Type` header as sent, shortened.
    #[error("media type is not supported")]
    MediaType(String),
    #[error("body is not JSON: {0}")]
    Json(String),
    /// The kind of value that came instead, in the words of the support form's API (`list`, `str`, …).
    #[error("JSON body is a {0}, not an object")]
    NotAnObject(&'static str),
    #[error("JSON is nested deeper than {max}")]
    TooDeep { max: usize },
    /// The boundary as sent, `None` without one.
    #[error("multipart boundary is missing or invalid")]
    Boundary(Option<String>),
    #[error("multipart body is malformed: {0}")]
    Multipart(String),
    #[error("body is larger than {max} bytes")]
    BodyTooLarge { max: usize },
    #[error("more than {max} fields")]
    TooManyFields { max: usize },
    #[error("more than {max} files")]
    TooManyFiles { max: usize },
    #[error("a text is longer than {max} bytes")]
    TextTooLong { field: String, max: usize },
    #[error("file refused while it was read")]
    File(Refusal),
    #[error("body came too slowly")]
    TooSlow,
    #[error("body broke off")]
    Broken(#[source] axum::Error),
    #[error("file could not be stored")]
    Storage(#[from] object_store::Error),
}

impl From<multer::Error> for DecodeError {
    /// Errors of our own body stream come back wrapped; everything else is the client's malformed multipart.
    fn from(error: multer::Error) -> Self {
        match error {
            multer::Error::StreamReadFailed(cause) => match cause.downcast::<Self>() {
                Ok(ours) => *ours,
                Err(other) => Self::Multipart(other.to_string()),
            },
            multer::Error::ReadHeaderFailed(_)
            | multer::Error::DecodeHeaderName { .. }
            | multer::Error::DecodeHeaderValue { .. } => Self::Multipart("invalid part headers".into()),
            multer::Error::IncompleteFieldData { .. } => Self::Multipart("incomplete part".into()),
            other => Self::Multipart(other.to_string()),
        }
    }
}
