//! One function per text field: from what came to what is stored, or the messages for the caller (B12-27).
//!
//! A field has one message, the first rule it breaks; only an e-mail that is both too long and malformed has two
//! (B12-33). Lengths count characters after blanks around the text were removed.

use super::email::is_email;
use super::raw::Raw;
use super::subject::SUBJECTS;
use super::texts::Message;

const NAME_CHARS_MIN: usize = 2;
const NAME_CHARS_MAX: usize = 100;
const EMAIL_CHARS_MAX: usize = 254;
const PHONE_CHARS_MAX: usize = 20;
const PHONE_DIGITS_MIN: usize = 10;
const MESSAGE_CHARS_MIN: usize = 10;
const MESSAGE_CHARS_MAX: usize = 2000;

type Checked<T> = Result<T, Vec<Message>>;

/// 2 to 100 Turkish or English letters and white space.
pub fn name(raw: &Raw<'_>) -> Checked<String> {
    let text = raw.required()?;
    match text.chars().count() {
        n if n < NAME_CHARS_MIN => Err(vec![Message::NameTooShort]),
        n if n > NAME_CHARS_MAX => Err(vec![Message::TooLong(NAME_CHARS_MAX)]),
        _ if !text.chars().all(is_name_char) => Err(vec![Message::NameNotLetters]),
        _ => Ok(text.to_owned()),
    }
}

/// An address of at most 254 characters, in lower case.
pub fn email(raw: &Raw<'_>) -> Checked<String> {
    let text = raw.required()?;
    let lowered = text.to_lowercase();
    let mut broken = Vec::new();
    // `İ` has two characters in lower case, and it is the lower case that is stored.
    if text.chars().count().max(lowered.chars().count()) > EMAIL_CHARS_MAX {
        broken.push(Message::TooLong(EMAIL_CHARS_MAX));
    }
    if !is_email(text) {
        broken.push(Message::EmailInvalid);
    }
    if broken.is_empty() { Ok(lowered) } else { Err(broken) }
}

/// Optional; at most 20 characters, of which at least ten are ASCII digits and the rest white space, `+` or `-`.
pub fn phone(raw: &Raw<'_>) -> Checked<Option<String>> {
    let Some(text) = raw.text()?.map(str::trim) else { return Ok(None) };
    if text.chars().count() > PHONE_CHARS_MAX {
        return Err(vec![Message::TooLong(PHONE_CHARS_MAX)]);
    }
    if text.is_empty() || is_phone(text) {
        Ok(Some(text.to_owned()))
    } else {
        Err(vec![Message::PhoneInvalid])
    }
}

/// One of [`SUBJECTS`], exactly as written there.
pub fn subject(raw: &Raw<'_>) -> Checked<&'static str> {
    let text = raw
        .text()?
        .ok_or_else(|| vec![if *raw == Raw::Missing { Message::Required } else { Message::Blank }])?;
    let found = SUBJECTS.iter().find(|subject| **subject == text).copied();
    found.ok_or_else(|| vec![Message::NotAChoice(text.to_owned())])
}

/// 10 to 2000 characters.
pub fn message(raw: &Raw<'_>) -> Checked<String> {
    let text = raw.required()?;
    match text.chars().count() {
        n if n < MESSAGE_CHARS_MIN => Err(vec![Message::MessageTooShort]),
        n if n > MESSAGE_CHARS_MAX => Err(vec![Message::MessageTooLong]),
        _ => Ok(text.to_owned()),
    }
}

/// Whether `text` is a phone number: ASCII digits only (B12-32), at least ten, with white space, `+` and `-` between.
pub fn is_phone(text: &str) -> bool {
    let mut digits = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '+' | '-'));
    let count = digits.clone().count();
    count >= PHONE_DIGITS_MIN && digits.all(|c| c.is_ascii_digit())
}

/// The stated alphabet; letters with a circumflex, apostrophes and hyphens are outside it (A8-61).
fn is_name_char(c: char) -> bool {
    c.is_ascii_alphabetic() || c.is_whitespace() || "çğıöşüÇĞİÖŞÜ".contains(c)
}
