//! Secrets at rest: AES-256-GCM under a key derived from `SECRET_KEY`.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const NONCE_BYTES: usize = 12;

/// The secret was not sealed with this key, or has been changed.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret cannot be opened; was SECRET_KEY changed?")]
pub struct Unsealable;

/// Seals and opens small secrets; cheap to clone.
#[derive(Clone)]
pub struct Seal {
    cipher: Aes256Gcm,
    token_secret: [u8; 32],
}

impl Seal {
    #[must_use]
    pub fn new(secret_key: &SecretString) -> Self {
        let key = derive(secret_key, b"asisttr seal");
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(key));
        Self { cipher, token_secret: derive(secret_key, b"asisttr reply token") }
    }

    /// The secret under which reply addresses are signed.
    #[must_use]
    pub fn token_secret(&self) -> &[u8] {
        &self.token_secret
    }

    /// A fresh nonce, then the sealed text.
    #[must_use]
    pub fn seal(&self, secret: &str) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), secret.as_bytes());
        let sealed = sealed.expect("AES-GCM seals any text shorter than 64 GiB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// # Errors
    /// [`Unsealable`].
    pub fn open(&self, sealed: &[u8]) -> Result<SecretString, Unsealable> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Unsealable)?;
        let opened = self.cipher.decrypt(&Nonce::from(*nonce), text).map_err(|_| Unsealable)?;
        Ok(String::from_utf8(opened).map_err(|_| Unsealable)?.into())
    }
}

fn derive(secret_key: &SecretString, purpose: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(purpose).chain_update(secret_key.expose_secret()).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        let (ours, theirs) = (Seal::new(&"bir".into()), Seal::new(&"iki".into()));
        let mut sealed = ours.seal("gizli");
        assert_eq!(ours.open(&sealed).unwrap().expose_secret(), "gizli");
        assert!(theirs.open(&sealed).is_err());
        sealed[14] ^= 1;
        assert!(ours.open(&sealed).is_err() && ours.open(b"kisa").is_err());
    }
}
