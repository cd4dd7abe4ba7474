//! Rules of dynamic forms, pure: a definition and a submission in, errors or ticket texts out.
//!
//! ```text
//! let definition = Definition::parse(&json)?;                 // when an admin saves it
//! let errors = validate(&definition, &values, &["fatura"]);   // when a visitor submits it
//! let text = message_text(&definition, &values);              // "Form Adı: …"
//! ```
//!
//! A submission is a JSON object whatever body type it came in, so numbers and booleans may also come as texts, and
//! a multi-select with one choice as that one text.

mod definition;
mod sound;
mod texts;
mod ticket;
mod validate;
mod value;

#[cfg(test)]
mod tests;

pub use definition::{Definition, Field, FieldType, PublicDefinition};
pub use sound::DefinitionError;
pub use ticket::{Requester, message_text, requester, subject};
pub use validate::{FieldError, validate};
