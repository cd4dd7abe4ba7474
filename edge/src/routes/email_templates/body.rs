//! A mail's texts as an admin writes them.

use crate::error::ApiError;
use crate::request::not_blank;
use crate::text::{Language, Text};
use garde::Validate;
use schema::mail::rules::template::{SOURCE_BYTES_MAX, TemplateError, check};
use serde::Deserialize;
use utoipa::ToSchema;

const SUBJECT_CHARS_MAX: usize = 300;
const ONE_LINE: Text = Text::new("Tek satır olmalı.", "Must be a single line.");

fn one_line(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) { Err(ONE_LINE.rule()) } else { Ok(()) }
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = EmailTemplateDraft)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = SUBJECT_CHARS_MAX), custom(not_blank), custom(one_line))]
    #[schema(min_length = 1, max_length = 300, pattern = r"\S")]
    pub subject: String,
    #[garde(length(bytes, min = 1, max = SOURCE_BYTES_MAX), custom(not_blank))]
    #[schema(min_length = 1, max_length = 65536, pattern = r"\S")]
    pub html: String,
    #[garde(length(bytes, min = 1, max = SOURCE_BYTES_MAX), custom(not_blank))]
    #[schema(min_length = 1, max_length = 65536, pattern = r"\S")]
    pub text: String,
}

/// What is to be seen before it is saved.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = EmailTemplateTrial)]
pub struct Trial {
    #[garde(inner(length(chars, min = 1, max = SUBJECT_CHARS_MAX), custom(not_blank), custom(one_line)))]
    #[schema(min_length = 1, max_length = 300, pattern = r"\S")]
    pub subject: Option<String>,
    #[garde(inner(length(bytes, min = 1, max = SOURCE_BYTES_MAX), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 65536, pattern = r"\S")]
    pub html: Option<String>,
    #[garde(inner(length(bytes, min = 1, max = SOURCE_BYTES_MAX), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 65536, pattern = r"\S")]
    pub text: Option<String>,
}

impl Draft {
    /// # Errors
    /// A placeholder that is none (B10-59).
    pub fn check(&self, language: Language) -> Result<(), ApiError> {
        checked(
            [("subject", Some(&self.subject)), ("html", Some(&self.html)), ("text", Some(&self.text))],
            language,
        )
    }
}

impl Trial {
    /// # Errors
    /// As [`Draft::check`].
    pub fn check(&self, language: Language) -> Result<(), ApiError> {
        let parts =
            [("subject", self.subject.as_ref()), ("html", self.html.as_ref()), ("text", self.text.as_ref())];
        checked(parts, language)
    }
}

fn checked(parts: [(&str, Option<&String>); 3], language: Language) -> Result<(), ApiError> {
    let wrong = |(name, text): (&str, Option<&String>)| {
        let error = check(text?).err()?;
        Some((name.to_owned(), sentence(Some(&error), language)))
    };
    let wrong: Vec<_> = parts.into_iter().filter_map(wrong).collect();
    if wrong.is_empty() { Ok(()) } else { Err(ApiError::Rejected(wrong)) }
}

/// What is wrong with a template's text.
pub fn sentence(error: Option<&TemplateError>, language: Language) -> String {
    let text = match error {
        Some(TemplateError::UnknownPlaceholder(name)) => {
            return match language {
                Language::Tr => format!("Bilinmeyen yer tutucu: {name}"),
                Language::En => format!("Unknown placeholder: {name}"),
            };
        }
        Some(TemplateError::Unclosed) => {
            Text::new("Bir yer tutucu }} ile kapatılmamış.", "A placeholder is not closed with }}.")
        }
        Some(TemplateError::Statement) => {
            Text::new("{% %} ve {# #} kullanılamaz.", "{% %} and {# #} may not be used.")
        }
        Some(TemplateError::TooLong) | None => {
            Text::new("Şablon doldurulamıyor.", "The template cannot be filled.")
        }
    };
    text.of(language).to_owned()
}
