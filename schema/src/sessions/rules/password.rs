//! What a password may be.

/// A2-18.
pub const PASSWORD_BYTES_MIN: usize = 8;
/// A2-18; bcrypt reads no further.
pub const PASSWORD_BYTES_MAX: usize = 72;

/// The first password of the demo. Everybody can read it, so nobody may choose it, and production never takes it.
pub const SAMPLE_PASSWORD: &str = "admin123";

/// Why somebody may not choose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a password has at least {PASSWORD_BYTES_MIN} bytes")]
    Short,
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    Long,
    #[error("this password is known to everybody")]
    Sample,
}

/// # Errors
/// See [`Unfit`].
pub fn check_password(password: &str) -> Result<(), Unfit> {
    match password.len() {
        ..PASSWORD_BYTES_MIN => Err(Unfit::Short),
        length if length > PASSWORD_BYTES_MAX => Err(Unfit::Long),
        _ if password.eq_ignore_ascii_case(SAMPLE_PASSWORD) => Err(Unfit::Sample),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_8_to_72_bytes_and_a_turkish_letter_has_two() {
        assert_eq!(check_password(&"a".repeat(7)), Err(Unfit::Short));
        assert_eq!(check_password(&"a".repeat(8)), Ok(()));
        assert_eq!(check_password(&"a".repeat(72)), Ok(()));
        assert_eq!(check_password(&"a".repeat(73)), Err(Unfit::Long));
        assert_eq!(check_password("şşşş"), Ok(()));
        assert_eq!(check_password(&"ş".repeat(37)), Err(Unfit::Long));
    }

    #[test]
    fn nobody_chooses_the_sample_password() {
        assert_eq!(check_password("admin123"), Err(Unfit::Sample));
        assert_eq!(check_password("Admin123"), Err(Unfit::Sample));
        assert_eq!(check_password("admin1234"), Ok(()));
    }
}
