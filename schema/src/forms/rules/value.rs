//! Whether one value, present and not blank, fits its field.

use chrono::NaiveDate;
use serde_json::Value;

use super::definition::{Field, FieldType};
use super::{sound, texts};
use crate::tickets::support_form::email::is_email;
use crate::tickets::support_form::fields::is_phone;
use crate::tickets::support_form::{Language, Message};

const EMAIL_CHARS_MAX: usize = 254;
const PHONE_CHARS_MAX: usize = 20;
const DATE_CHARS: usize = 10;

/// The Turkish text of the first rule the value breaks.
pub(super) fn check(field: &Field, value: &Value) -> Result<(), String> {
    match field.kind {
        FieldType::Text | FieldType::Textarea => check_text(field, value).map(drop),
        FieldType::Email => check_email(field, value),
        FieldType::Phone => check_phone(field, value),
        FieldType::Number => check_number(field, value),
        FieldType::Date => check_date(value),
        FieldType::Select => check_choice(field, value),
        FieldType::Multiselect => check_choices(field, value),
        FieldType::Checkbox => check_checkbox(value),
        FieldType::File => Err(turkish(&Message::NotAFile)),
    }
}

fn check_text(field: &Field, value: &Value) -> Result<String, String> {
    let text = text(value)?;
    let chars = text.chars().count();
    if let Some(min) = field.min_length.filter(|min| chars < *min) {
        return Err(turkish(&Message::TooShort(min)));
    }
    if let Some(max) = field.max_length.filter(|max| chars > *max) {
        return Err(turkish(&Message::TooLong(max)));
    }
    match &field.pattern {
        Some(pattern) if !matches(pattern, &text) => Err(texts::PATTERN.into()),
        _ => Ok(text),
    }
}

fn check_email(field: &Field, value: &Value) -> Result<(), String> {
    let text = check_text(field, value)?;
    match text.chars().count() {
        n if n > EMAIL_CHARS_MAX => Err(turkish(&Message::TooLong(EMAIL_CHARS_MAX))),
        _ if !is_email(&text) => Err(turkish(&Message::EmailInvalid)),
        _ => Ok(()),
    }
}

fn check_phone(field: &Field, value: &Value) -> Result<(), String> {
    let text = check_text(field, value)?;
    match text.chars().count() {
        n if n > PHONE_CHARS_MAX => Err(turkish(&Message::TooLong(PHONE_CHARS_MAX))),
        _ if !is_phone(&text) => Err(turkish(&Message::PhoneInvalid)),
        _ => Ok(()),
    }
}

fn check_number(field: &Field, value: &Value) -> Result<(), String> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().replacen(',', ".", 1).parse().ok(),
        _ => None,
    };
    let number = number.filter(|n| n.is_finite()).ok_or(texts::NUMBER)?;
    if let Some(min) = field.min.filter(|min| number < *min) {
        return Err(texts::at_least(min));
    }
    if let Some(max) = field.max.filter(|max| number > *max) {
        return Err(texts::at_most(max));
    }
    Ok(())
}

fn check_date(value: &Value) -> Result<(), String> {
    let text = text(value)?;
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d");
    if text.len() == DATE_CHARS && date.is_ok() { Ok(()) } else { Err(texts::DATE.into()) }
}

fn check_choice(field: &Field, value: &Value) -> Result<(), String> {
    let text = text(value)?;
    let offered = field.options.iter().any(|option| option.trim() == text);
    if offered { Ok(()) } else { Err(turkish(&Message::NotAChoice(text))) }
}

fn check_choices(field: &Field, value: &Value) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| check_choice(field, item)),
        Value::String(_) | Value::Number(_) => check_choice(field, value),
        Value::Null | Value::Bool(_) | Value::Object(_) => Err(texts::LIST.into()),
    }
}

/// A browser sends `on`, a program `true` or `1`.
fn check_checkbox(value: &Value) -> Result<(), String> {
    let fine = match value {
        Value::Bool(_) => true,
        Value::Number(number) => matches!(number.as_u64(), Some(0 | 1)),
        Value::String(text) => matches!(text.trim(), "true" | "false" | "on" | "off" | "1" | "0"),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    if fine { Ok(()) } else { Err(texts::CHECKBOX.into()) }
}

/// The value as a text without blanks around it. Numbers count as their decimal text, as in the support form.
fn text(value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(turkish(&Message::NotAString)),
    };
    if text.contains('\0') { Err(turkish(&Message::Nul)) } else { Ok(text) }
}

/// A stored pattern that no longer compiles lets nothing pass rather than everything.
fn matches(pattern: &str, text: &str) -> bool {
    sound::whole_match(pattern).is_some_and(|regex| regex.is_match(text))
}

fn turkish(message: &Message) -> String {
    message.text(Language::Tr)
}
