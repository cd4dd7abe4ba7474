//! What a user signs in with.

use crate::tickets::support_form::email::is_email;
use crate::turkish::lower_email;

pub const EMAIL_CHARS_MAX: usize = 255;
/// A2-18. Bytes, because that is what a hash takes.
pub const PASSWORD_BYTES_MIN: usize = 8;
pub const PASSWORD_BYTES_MAX: usize = 72;

/// The address as it is stored and compared; none of what is no address. ASCII only: letters beyond it have forms
/// that look alike and differ, and one person must not have two accounts by that.
#[must_use]
pub fn account_email(text: &str) -> Option<String> {
    let text = text.trim();
    (text.is_ascii() && text.len() <= EMAIL_CHARS_MAX && is_email(text)).then(|| lower_email(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_spelling_of_its_address() {
        assert_eq!(account_email(" AYSE@Ornek.COM "), Some("ayse@ornek.com".to_owned()));
        for wrong in ["", "ayse", "ayşe@ornek.com", "ayse@örnek.com", "a b@ornek.com"] {
            assert_eq!(account_email(wrong), None, "{wrong}");
        }
        let long = |letters: usize| format!("{}@{}.com", "a".repeat(64), "b".repeat(letters));
        assert!(account_email(&long(60)).is_some());
        assert_eq!(account_email(&format!("{}@b.com", "a".repeat(250))), None);
    }
}
