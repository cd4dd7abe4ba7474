//! Whether a submission fits its definition.

use serde::Serialize;
use serde_json::{Map, Value};

use super::definition::{Definition, Field, FieldType};
use super::ticket::SUBJECT_CHARS_MAX;
use super::value;
use crate::tickets::support_form::email::is_email;
use crate::tickets::support_form::{Language, Message, Raw};

/// Longest name, e-mail and phone a ticket's requester may have, in characters.
const MAPPED: [(&str, usize); 4] =
    [("subject", SUBJECT_CHARS_MAX), ("name", 100), ("email", 254), ("phone", 20)];
/// How much of an unknown field's name an error repeats.
const NAME_CHARS_SHOWN: usize = 64;

/// One item of the answer's `errors` (B11-20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// All errors of a submission: fields in definition order, then what the ticket would take from other values, then
/// values that could not be stored. `files` names the fields under which a file came.
pub fn validate(definition: &Definition, values: &Map<String, Value>, files: &[&str]) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = Vec::new();
    for field in &definition.fields {
        if let Err(message) = check_field(field, values.get(&field.name), files) {
            note(&mut errors, &field.name, message);
        }
    }
    for (name, chars_max) in MAPPED {
        if let Err(message) = check_mapped(name, chars_max, values.get(name)) {
            note(&mut errors, name, message.text(Language::Tr));
        }
    }
    for (name, _) in values.iter().filter(|(name, value)| name.contains('\0') || holds_nul(value)) {
        note(&mut errors, name, Message::Nul.text(Language::Tr));
    }
    errors
}

/// Adds an error unless the field already has one (B12-33).
fn note(errors: &mut Vec<FieldError>, field: &str, message: String) {
    let field: String = field.chars().filter(|c| *c != '\0').take(NAME_CHARS_SHOWN).collect();
    if errors.iter().all(|error| error.field != field) {
        errors.push(FieldError { field, message });
    }
}

fn check_field(field: &Field, value: Option<&Value>, files: &[&str]) -> Result<(), String> {
    let came_as_file = files.contains(&field.name.as_str());
    match (field.kind, value) {
        (FieldType::File, _) if came_as_file => Ok(()),
        (_, _) if came_as_file => Err(Message::NotAString.text(Language::Tr)),
        (_, None) if field.required => Err(Message::Required.text(Language::Tr)),
        (_, None) => Ok(()),
        (_, Some(value)) if is_blank(value) && field.required => Err(Message::Blank.text(Language::Tr)),
        (_, Some(value)) if is_blank(value) => Ok(()),
        (_, Some(value)) => value::check(field, value),
    }
}

/// Null, nothing but blanks, or an empty list. `0` and `false` are values (B11-10).
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// Values that become columns of the ticket keep to the columns' rules, whether or not the form defines them.
fn check_mapped(name: &str, chars_max: usize, value: Option<&Value>) -> Result<(), Message> {
    let raw = Raw::from(value);
    let text = match &raw {
        Raw::Missing | Raw::Null => return Ok(()),
        Raw::Text(text) => text.trim(),
        Raw::Number(digits) => digits,
        Raw::NotAString | Raw::File => return Err(Message::NotAString),
    };
    // `İ` has two characters in lower case, and an e-mail is stored in lower case.
    let stored = if name == "email" { text.to_lowercase().chars().count() } else { 0 };
    if text.chars().count().max(stored) > chars_max {
        return Err(Message::TooLong(chars_max));
    }
    if name == "email" && !text.is_empty() && !is_email(text) {
        return Err(Message::EmailInvalid);
    }
    Ok(())
}

/// PostgreSQL stores no NUL, neither in text nor in JSON. The depth of a body is bounded where it is decoded.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
