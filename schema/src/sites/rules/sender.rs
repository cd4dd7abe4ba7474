//! Mail addresses of a site: where it receives, and in whose name it writes.

use crate::mail::rules::address::clean_name;
use crate::tickets::support_form::email::is_email;
use crate::turkish::lower_email;

const ADDRESS_CHARS_MAX: usize = 254;
const NAME_CHARS_MAX: usize = 100;

/// An address as it is stored; none of what is no address. ASCII only, as mail servers have it.
#[must_use]
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    (text.is_ascii() && text.len() <= ADDRESS_CHARS_MAX && is_email(text)).then(|| lower_email(text))
}

/// `Ad Soyad <ad@ornek.test>` or a bare address, as it is stored; none of anything else.
#[must_use]
pub fn sender(text: &str) -> Option<String> {
    let text = text.trim();
    let Some((name, rest)) = text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) else {
        return address(text);
    };
    let name = name.trim().trim_matches('"').trim();
    let sound = clean_name(name) == name && name.chars().count() <= NAME_CHARS_MAX;
    let address = address(rest).filter(|_| sound)?;
    Some(if name.is_empty() { address } else { format!("{name} <{address}>") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for (given, kept) in [
            ("Destek@Ornek.test", "destek@ornek.test"),
            (" Örnek Mağaza <DESTEK@ornek.test> ", "Örnek Mağaza <destek@ornek.test>"),
            ("\"Örnek, A.Ş.\" <a@ornek.test>", "Örnek, A.Ş. <a@ornek.test>"),
            ("<a@ornek.test>", "a@ornek.test"),
        ] {
            assert_eq!(sender(given).as_deref(), Some(kept), "{given}");
        }
    }

    #[test]
    fn what_could_become_another_header_or_address_is_refused() {
        for wrong in [
            "",
            "Örnek",
            "Örnek <>",
            "Örnek <a>",
            "a <b <c@d.test>",
            "A\r\nBcc: x@y.test <a@ornek.test>",
            "A <a@ornek.test>, B <b@ornek.test>",
            "A <a@örnek.test>",
        ] {
            assert_eq!(sender(wrong), None, "{wrong:?}");
        }
    }
}
