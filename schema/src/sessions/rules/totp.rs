//! Codes of a second factor (RFC 6238): six digits of SHA-1 every 30 seconds, which is what every authenticator app
//! speaks. A code of the step before or after is taken as well, since clocks differ.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret, Totp};

/// 160 bits, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
const ISSUER: &str = "AsistTR";

/// A secret that makes no factor; ours always do.
#[derive(Debug, thiserror::Error)]
#[error("the secret of a second factor cannot be used: {0}")]
pub struct Unusable(String);

/// The secret as people type it into an app (base 32), and the address that apps read from a picture.
#[derive(Clone, Debug)]
pub struct Setup {
    pub secret: String,
    pub otpauth_url: String,
}

/// What an authenticator app needs.
///
/// # Errors
/// See [`Unusable`].
pub fn setup(secret: [u8; SECRET_BYTES], email: &str) -> Result<Setup, Unusable> {
    // A colon parts issuer and account in the address.
    let account = email.replace(':', "_");
    let secret = Secret::from(secret.to_vec());
    let text = secret.to_base32();
    let totp =
        build(Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(ISSUER)))?;
    let otpauth_url = totp.to_url().map_err(|error| Unusable(error.to_string()))?;
    Ok(Setup { secret: text, otpauth_url })
}

/// The time step that a code belongs to, if it is right at `now`. Blanks in it do not matter.
///
/// # Errors
/// See [`Unusable`].
pub fn step(secret: &str, code: &str, now: DateTime<Utc>) -> Result<Option<i64>, Unusable> {
    let secret = Secret::try_from_base32(secret).map_err(|error| Unusable(error.to_string()))?;
    let totp = build(Builder::new().with_secret(secret))?;
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}

fn build(builder: Builder) -> Result<Totp, Unusable> {
    builder.build().map_err(|error| Unusable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_of_the_standard_are_right_at_their_times() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(step(SECRET, code, at(seconds)).unwrap(), Some(seconds / 30), "{code}");
        }
        assert_eq!(step(SECRET, "287 082", at(59)).unwrap(), Some(1));
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late_and_no_longer() {
        // 287082 is the code of the seconds 30 to 59.
        for (seconds, good) in [(0, true), (29, true), (89, true), (90, false), (120, false)] {
            assert_eq!(step(SECRET, "287082", at(seconds)).unwrap().is_some(), good, "{seconds}");
        }
        for code in ["", "28708", "2870820", "+87082", "abcdef", "２87082"] {
            assert_eq!(step(SECRET, code, at(59)).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn an_app_reads_issuer_account_and_secret_from_the_address() {
        let setup = setup(*b"12345678901234567890", "a:yse@ornek.test").unwrap();
        assert_eq!(setup.secret, SECRET);
        let expected = format!("otpauth://totp/AsistTR:a_yse%40ornek.test?secret={SECRET}&issuer=AsistTR");
        assert_eq!(setup.otpauth_url, expected);
    }
}
