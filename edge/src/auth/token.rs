//! Signed tokens: HS256 with `JWT_SECRET`, naming a user and a session. Nothing else is believed of them; what the
//! user may do is asked of the database at every call.

use chrono::{DateTime, Utc};
use jobs::UserId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

const TOKEN_CHARS_MAX: usize = 4096;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user (A2-05).
    pub id: UserId,
    /// The session, so that ending it ends the token.
    pub sid: Uuid,
    /// Seconds since 1970.
    pub iat: i64,
    /// Seconds since 1970.
    pub exp: i64,
}

/// Signs and checks tokens.
pub struct Tokens {
    signs: EncodingKey,
    checks: DecodingKey,
    lives: Duration,
}

impl Tokens {
    #[must_use]
    pub fn new(secret: &SecretString, lives: Duration) -> Self {
        let secret = secret.expose_secret().as_bytes();
        Self { signs: EncodingKey::from_secret(secret), checks: DecodingKey::from_secret(secret), lives }
    }

    /// How long a token is good for.
    #[must_use]
    pub fn lives(&self) -> Duration {
        self.lives
    }

    /// The same in seconds, as clients are told.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.lives.as_secs()
    }

    /// A token for a session.
    ///
    /// # Errors
    /// None in practice: the claims are plain.
    pub fn sign(&self, user: UserId, session: Uuid, now: DateTime<Utc>) -> anyhow::Result<String> {
        let iat = now.timestamp();
        let exp = iat + i64::try_from(self.lives.as_secs()).unwrap_or(i64::MAX / 2);
        let claims = Claims { id: user, sid: session, iat, exp };
        Ok(encode(&Header::new(Algorithm::HS256), &claims, &self.signs)?)
    }

    /// The claims of a good token; none of one that is malformed, expired, or signed otherwise or by others.
    #[must_use]
    pub fn check(&self, token: &str) -> Option<Claims> {
        if token.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        rules.validate_aud = false;
        rules.set_required_spec_claims(&["exp"]);
        decode(token, &self.checks, &rules).ok().map(|good| good.claims)
    }
}
