//! Passwords are kept as argon2id hashes only.

use argon2::password_hash::PasswordHasher;

/// The hash of a password, with a salt of its own. Takes tens of milliseconds of a processor and 19 MiB: never to be
/// called where others wait.
///
/// # Errors
/// The system gives no random numbers.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash = argon2::Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?.to_string())
}
