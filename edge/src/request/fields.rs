//! Rules of fields that more than one resource has, for `garde`'s `custom`. What they let through is stored in the
//! spelling that `schema`'s rules give it.

use crate::guard::cors::Origin;
use crate::text::{Text, Words};
use chrono::{DateTime, Datelike, Utc};
use schema::people::rules::{account_email, language};
use schema::sites::rules;

const LANGUAGE: Text =
    Text::new("ISO 639-1 dil kodu girin (tr, en, de).", "Enter an ISO 639-1 language code (tr, en, de).");
pub const ZONE: Text =
    Text::new("IANA saat dilimi girin (Europe/Istanbul).", "Enter an IANA time zone (Europe/Istanbul).");
const DOMAIN: Text = Text::new("Geçerli bir alan adı girin.", "Enter a valid domain name.");
const ORIGIN: Text =
    Text::new("https://ornek.com biçiminde bir köken girin.", "Enter an origin such as https://example.com.");
pub const SENDER: Text = Text::new(
    "«Ad Soyad <ad@ornek.com>» ya da yalın bir adres girin.",
    "Enter “Name <name@example.com>” or a bare address.",
);
const COLOR: Text = Text::new("#rrggbb biçiminde bir renk girin.", "Enter a colour such as #rrggbb.");
const BLANKS: Text = Text::new("Boşluk içeremez.", "May not contain blanks.");
const INSTANT: Text =
    Text::new("1970 ile 9999 arasında bir an girin.", "Enter an instant between 1970 and 9999.");

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident($value:ident: &$kind:ty): $holds:expr, $text:expr;)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// It is none.
        pub fn $name($value: &$kind, _: &()) -> garde::Result {
            if $holds { Ok(()) } else { Err($text.rule()) }
        }
    )+};
}

rules! {
    /// An address somebody signs in with.
    email(value: &str): account_email(value).is_some(), Words::EMAIL;
    /// An address a site receives mail at.
    address(value: &str): rules::address(value).is_some(), Words::EMAIL;
    /// In whose name mails are sent.
    sender(value: &str): rules::sender(value).is_some(), SENDER;
    /// A language.
    language_code(value: &str): language(value).is_some(), LANGUAGE;
    /// A time zone.
    zone(value: &str): rules::zone(value).is_some(), ZONE;
    /// A host's name.
    domain(value: &str): rules::domain(value).is_some(), DOMAIN;
    /// A browser origin.
    origin(value: &str): value.parse::<Origin>().is_ok(), ORIGIN;
    /// A colour.
    color(value: &str): is_color(value), COLOR;
    /// A word.
    no_blanks(value: &str): !value.contains(char::is_whitespace), BLANKS;
    /// An instant that the database can compare.
    instant(value: &DateTime<Utc>): (1970..=9999).contains(&value.year()), INSTANT;
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
