//! JSON bodies: an object, bounded in depth and text length, without operator keys.

use serde_json::Value;

use super::error::DecodeError;
use super::fields::{Intake, is_operator_key};
use super::options::Options;

/// Adds the members of the object in `bytes`, in the order of their names.
pub(super) fn read(bytes: &[u8], options: &Options<'_>, intake: &mut Intake) -> Result<(), DecodeError> {
    if bytes.is_empty() {
        return Ok(());
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|cause| DecodeError::Json(cause.to_string()))?;
    let Value::Object(members) = value else { return Err(DecodeError::NotAnObject(python_name(&value))) };
    if members.len() > options.fields_max {
        return Err(DecodeError::TooManyFields { max: options.fields_max });
    }
    for (name, mut value) in members {
        clean(&mut value, &name, 2, options)?;
        intake.put(&name, value);
    }
    Ok(())
}

/// Drops operator keys at any depth (B22-25). Recursion is safe: the parser itself stops at 128 levels.
fn clean(value: &mut Value, field: &str, depth: usize, options: &Options<'_>) -> Result<(), DecodeError> {
    if matches!(value, Value::Array(_) | Value::Object(_)) && depth > options.json_depth_max {
        return Err(DecodeError::TooDeep { max: options.json_depth_max });
    }
    match value {
        Value::String(text) if text.len() > options.text_bytes_max => {
            Err(DecodeError::TextTooLong { field: field.to_owned(), max: options.text_bytes_max })
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| clean(item, field, depth + 1, options)),
        Value::Object(members) => {
            members.retain(|key, _| !is_operator_key(key));
            members.values_mut().try_for_each(|member| clean(member, field, depth + 1, options))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// The support form's API names the type it found as its first implementation did.
fn python_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}
