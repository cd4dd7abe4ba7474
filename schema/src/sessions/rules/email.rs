//! Under which address somebody signs in.

use crate::tickets::support_form::email::is_email;
use crate::turkish::lower_email;

/// A1-10.
const CHARS_MAX: usize = 255;

/// The address as it is stored and compared: trimmed, lower case. None if it is no address an account can have.
///
/// ASCII only: Unicode has letters that look or lower-case like others (`ADMİN@` is not `admin@`), and one account
/// must not be taken for another.
#[must_use]
pub fn account_email(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = text.is_ascii() && text.len() <= CHARS_MAX && is_email(text);
    fits.then(|| lower_email(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stored_in_ascii_lower_case() {
        assert_eq!(account_email(" Bilgi@Ornek.COM.TR ").as_deref(), Some("bilgi@ornek.com.tr"));
        assert_eq!(account_email("ADMIN@asisttr.com").as_deref(), Some("admin@asisttr.com"));
    }

    #[test]
    fn letters_that_only_look_or_fold_alike_make_no_address() {
        for text in [
            "ADMİN@asisttr.com",
            "admın@asisttr.com",
            "admin@ASİSTTR.com",
            "ａdmin@asisttr.com",
            "\u{212a}@x.tr",
        ] {
            assert_eq!(account_email(text), None, "{text}");
        }
    }

    #[test]
    fn at_most_255_characters() {
        let of = |chars: usize| format!("{}@ornek.com.tr", "a".repeat(chars - "@ornek.com.tr".len()));
        assert!(account_email(&of(255)).is_some());
        assert!(account_email(&of(256)).is_none());
        assert!(account_email("").is_none() && account_email("posta").is_none());
    }
}
