//! What the ticket made from a submission says and whom it is from (B11-08…12).

use serde_json::{Map, Value};

use super::definition::Definition;

/// Longest subject a submission may bring, in characters.
pub(super) const SUBJECT_CHARS_MAX: usize = 200;

/// Whom a ticket is from. Department and category come from the definition, never from here (B11-13).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requester {
    pub name: Option<String>,
    /// In lower case.
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// The submitted `subject`, else the form's name. Always one line.
pub fn subject(definition: &Definition, values: &Map<String, Value>) -> String {
    let subject = mapped(values, "subject").unwrap_or_else(|| definition.name.clone());
    subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The values every ticket keeps apart from the message.
pub fn requester(values: &Map<String, Value>) -> Requester {
    Requester {
        name: mapped(values, "name"),
        email: mapped(values, "email").map(|email| email.to_lowercase()),
        phone: mapped(values, "phone"),
    }
}

/// The first message of the ticket: the form's name, an empty line, then a line for each field that has a value, in
/// the order of the definition. Values of fields the form does not define are not printed (B11-21).
pub fn message_text(definition: &Definition, values: &Map<String, Value>) -> String {
    let mut message = format!("Form Adı: {}\n\n", definition.name);
    for field in &definition.fields {
        let value = values.get(&field.name).map(printed).filter(|text| !text.is_empty());
        if let Some(text) = value {
            message.push_str(&format!("{}: {text}\n", field.label));
        }
    }
    message
}

/// A value as it is read in the message: lists joined by `, `, nothing for null, JSON for an object.
fn printed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(printed).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn mapped(values: &Map<String, Value>, key: &str) -> Option<String> {
    let text = match values.get(key)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
