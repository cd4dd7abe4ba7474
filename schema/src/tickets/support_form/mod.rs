//! The public support form: what a visitor may send and what it becomes (B12-23…34).
//!
//! Pure. The edge decodes a body of any of the three accepted types into [`Raw`] values; [`check`] judges all of
//! them and answers either a clean [`SupportForm`] or every failing field at once, in the order of the form. Staff
//! edits go through the same rules field by field ([`fields`], B12-57).
//!
//! ```text
//! let input = Input { name: Raw::Text("Test User"), …, attachment: Attachment::Missing };
//! match check(&input, Language::Tr) {
//!     Ok(form) => …,                      // stripped texts, lower-cased e-mail
//!     Err(errors) => …,                   // serialises to {"name": ["…"], "email": ["…"]}
//! }
//! ```

mod attachment;
pub mod email;
mod errors;
pub mod fields;
mod raw;
mod subject;
mod texts;

#[cfg(test)]
mod tests;

pub use attachment::Attachment;
pub use errors::FieldErrors;
pub use raw::Raw;
pub use subject::SUBJECTS;
pub use texts::{Language, Message};

use crate::files::rules::FileKind;

/// The six values of one request, as they came.
#[derive(Debug, Clone, Default)]
pub struct Input<'a> {
    pub name: Raw<'a>,
    pub email: Raw<'a>,
    pub phone: Raw<'a>,
    pub subject: Raw<'a>,
    pub message: Raw<'a>,
    pub attachment: Attachment<'a>,
}

/// A request that passed every rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportForm {
    /// Stripped.
    pub name: String,
    /// Stripped and in lower case.
    pub email: String,
    /// Stripped; `None` when it was missing or null, `Some("")` when it was sent empty (B12-55).
    pub phone: Option<String>,
    pub subject: &'static str,
    /// Stripped.
    pub message: String,
    /// What the attached file was found to be.
    pub attachment: Option<FileKind>,
}

/// Judges one request.
///
/// # Errors
/// All failing fields with their texts in `language`, in the order name, email, phone, subject, message, attachment.
pub fn check(input: &Input<'_>, language: Language) -> Result<SupportForm, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.note("name", fields::name(&input.name), language);
    let email = errors.note("email", fields::email(&input.email), language);
    let phone = errors.note("phone", fields::phone(&input.phone), language);
    let subject = errors.note("subject", fields::subject(&input.subject), language);
    let message = errors.note("message", fields::message(&input.message), language);
    let attachment = errors.note("attachment", attachment::check(&input.attachment), language);
    match (name, email, phone, subject, message, attachment) {
        (Some(name), Some(email), Some(phone), Some(subject), Some(message), Some(attachment)) => {
            Ok(SupportForm { name, email, phone, subject, message, attachment })
        }
        _ => Err(errors),
    }
}
