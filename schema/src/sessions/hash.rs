//! Passwords at rest: argon2id for new ones; bcrypt of an imported account still verifies, and is replaced at its next
//! log-in.
//!
//! One call takes about 20 MB and tens of milliseconds, bcrypt's up to a second: never call these on an async thread.
//! Every verification costs at least what [`hash`] costs, whether there is a hash to compare with or not, so that time
//! does not tell which accounts exist.

use super::rules::PASSWORD_BYTES_MAX;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{ARGON2ID_IDENT, Argon2, Params};
use std::sync::LazyLock;

/// What a stored hash may ask of us; dearer ones come from nobody we know.
const MEMORY_KIB_MAX: u32 = 64 << 10;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 8;
/// About a second.
const BCRYPT_COST_MAX: u32 = 14;

/// How a password compares with what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Wrong,
    Right,
    /// Right, and to be hashed anew: what is stored is weaker than what we store today.
    Outdated,
}

/// The password as it is stored, under a fresh salt.
///
/// # Errors
/// The system gives no random bytes or no memory.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed.map_err(|error| anyhow::anyhow!("a password cannot be hashed: {error}"))?.to_string())
}

/// Compares a password with what is stored; none for an account that does not exist.
#[must_use]
pub fn verify(password: &str, stored: Option<&str>) -> Match {
    let stored = stored.filter(|_| password.len() <= PASSWORD_BYTES_MAX);
    match stored.and_then(read) {
        Some(Stored::Argon(hash)) => verify_argon(password, &hash),
        Some(Stored::Bcrypt(hash)) => match bcrypt::verify(password, hash) {
            Ok(true) => Match::Outdated,
            Ok(false) | Err(_) => Match::Wrong,
        },
        None => {
            verify_argon(password, &DECOY);
            Match::Wrong
        }
    }
}

enum Stored<'a> {
    Argon(Box<PasswordHash>),
    Bcrypt(&'a str),
}

/// None for what is no hash, or one that nobody should be made to compute.
fn read(stored: &str) -> Option<Stored<'_>> {
    if ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| stored.starts_with(prefix)) {
        let cost: u32 = stored.get(4..6)?.parse().ok()?;
        return (cost <= BCRYPT_COST_MAX).then_some(Stored::Bcrypt(stored));
    }
    let hash = PasswordHash::new(stored).ok()?;
    let asks = Params::try_from(&hash).ok()?;
    let bearable =
        asks.m_cost() <= MEMORY_KIB_MAX && asks.t_cost() <= PASSES_MAX && asks.p_cost() <= LANES_MAX;
    bearable.then(|| Stored::Argon(Box::new(hash)))
}

fn verify_argon(password: &str, hash: &PasswordHash) -> Match {
    match Argon2::default().verify_password(password.as_bytes(), hash) {
        Ok(()) if is_todays(hash) => Match::Right,
        Ok(()) => Match::Outdated,
        Err(_) => Match::Wrong,
    }
}

fn is_todays(hash: &PasswordHash) -> bool {
    let todays = |params: Params| {
        params.m_cost() >= Params::DEFAULT_M_COST && params.t_cost() >= Params::DEFAULT_T_COST
    };
    hash.algorithm == ARGON2ID_IDENT && Params::try_from(hash).is_ok_and(todays)
}

/// A hash of nobody's password: comparing with it takes as long as with a real one.
static DECOY: LazyLock<PasswordHash> = LazyLock::new(|| {
    let secret: [u8; 32] = rand::random();
    Argon2::default().hash_password(&secret).expect("argon2 hashes any 32 bytes")
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const PASSWORD: &str = "çok gizli parola";

    #[test]
    fn a_new_hash_is_argon2id_with_a_salt_of_its_own_and_fits_its_column() {
        let (one, two) = (hash(PASSWORD).unwrap(), hash(PASSWORD).unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one.len() <= 255, "{one}");
        assert_ne!(one, two);
        assert_eq!(verify(PASSWORD, Some(&one)), Match::Right);
        assert_eq!(verify("çok gizli parola!", Some(&one)), Match::Wrong);
    }

    #[test]
    fn every_bcrypt_dialect_verifies_and_is_outdated() {
        let made = bcrypt::hash(PASSWORD, 4).unwrap();
        for dialect in ["$2a$", "$2b$", "$2y$"] {
            let stored = format!("{dialect}{}", &made[4..]);
            assert_eq!(verify(PASSWORD, Some(&stored)), Match::Outdated, "{stored}");
            assert_eq!(verify("yanlış parola", Some(&stored)), Match::Wrong, "{stored}");
        }
        // From another implementation (OpenBSD's, in many test suites).
        let foreign = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        assert_eq!(verify("U*U", Some(foreign)), Match::Outdated);
    }

    #[test]
    fn weaker_argon2_is_outdated_and_what_asks_too_much_is_never_computed() {
        let weak = Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            Params::new(64, 1, 1, None).unwrap(),
        );
        let weak = weak.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
        assert_eq!(verify(PASSWORD, Some(&weak)), Match::Outdated);
        let started = Instant::now();
        let greedy = hash(PASSWORD).unwrap().replace("m=19456", "m=4194304");
        assert_eq!(verify(PASSWORD, Some(&greedy)), Match::Wrong);
        let endless = bcrypt::hash(PASSWORD, 4).unwrap().replacen("$04$", "$31$", 1);
        assert_eq!(verify(PASSWORD, Some(&endless)), Match::Wrong);
        assert!(started.elapsed().as_secs() < 20);
    }

    #[test]
    fn what_is_no_hash_is_nobodys_password() {
        for stored in [None, Some(""), Some("!"), Some("$2b$"), Some("$argon2id$"), Some(PASSWORD)] {
            assert_eq!(verify(PASSWORD, stored), Match::Wrong, "{stored:?}");
        }
        let long = "a".repeat(73);
        let truncating = bcrypt::hash(&long, 4).unwrap();
        assert_eq!(verify(&long, Some(&truncating)), Match::Wrong);
    }
}
