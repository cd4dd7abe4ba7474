//! Which words and shape an error is answered in.

use crate::text::Language;
use crate::text::negotiate::negotiate;
use axum::http::{HeaderMap, header};

/// Which words and shape an error is answered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Native(Language),
    Support(Language),
}

impl Family {
    /// The family of a path.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        if path == "/api/support" || path.starts_with("/api/support/") {
            Self::Support(language(headers))
        } else {
            Self::Native(language(headers))
        }
    }
}

/// Turkish, unless the client prefers English (B12-18).
pub fn language(headers: &HeaderMap) -> Language {
    negotiate(headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|line| line.to_str().ok()))
}
