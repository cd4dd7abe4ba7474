//! Secrets that we hand out and recognise again by their hash: refresh tokens, and tokens of reset mails.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;

/// 256 random bits as 43 letters. They are random, so a fast hash keeps them as well as a slow one.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn fresh() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// What somebody presents.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// For whom it is meant, and for nobody else: no log, no row.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.0).to_vec()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}
