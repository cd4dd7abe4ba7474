//! In whose name a mail is signed.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use schema::mail::dkim::{Key, signature};

/// A key with what receivers find its other half by; cheap to clone.
#[derive(Clone)]
pub struct Signer(Arc<Parts>);

struct Parts {
    key: Key,
    domain: String,
    selector: String,
}

impl Signer {
    pub fn new(key: Key, domain: impl Into<String>, selector: impl Into<String>) -> Signer {
        Signer(Arc::new(Parts { key, domain: domain.into(), selector: selector.into() }))
    }

    /// The mail with its signature before it. One that cannot be made is left out: a mail without arrives better than
    /// none.
    pub(super) fn sign(&self, mail: Vec<u8>, now: SystemTime) -> Vec<u8> {
        let Parts { key, domain, selector } = &*self.0;
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        match signature(key, domain, selector, &mail, seconds) {
            Some(line) => [line.into_bytes(), mail].concat(),
            None => {
                tracing::warn!("a mail could not be signed");
                mail
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Signer")
            .field("domain", &self.0.domain)
            .field("selector", &self.0.selector)
            .finish()
    }
}

impl PartialEq for Signer {
    fn eq(&self, other: &Signer) -> bool {
        (&self.0.domain, &self.0.selector) == (&other.0.domain, &other.0.selector)
    }
}

impl Eq for Signer {}
