//! A value as it came, before any rule was applied.

use serde_json::Value;

use super::texts::Message;

/// One field of a form or of a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Raw<'a> {
    #[default]
    Missing,
    /// JSON null.
    Null,
    Text(&'a str),
    /// A JSON number in its decimal text; it is read as that text.
    Number(String),
    /// A JSON boolean, array or object.
    NotAString,
    /// A file part where a text belongs.
    File,
}

impl<'a> Raw<'a> {
    /// The text with blanks around it removed.
    ///
    /// # Errors
    /// One message when the value is missing, empty, not a text or holds a NUL.
    pub(super) fn required(&self) -> Result<&str, Vec<Message>> {
        match self.text()? {
            None => Err(vec![if *self == Self::Missing { Message::Required } else { Message::Blank }]),
            Some(text) if text.trim().is_empty() => Err(vec![Message::Blank]),
            Some(text) => Ok(text.trim()),
        }
    }

    /// The text as it came, or `None` for missing and null.
    ///
    /// # Errors
    /// One message when the value is not a text or holds a NUL, which the database could not store.
    pub(super) fn text(&self) -> Result<Option<&str>, Vec<Message>> {
        let text = match self {
            Self::Missing | Self::Null => return Ok(None),
            Self::Text(text) => text,
            Self::Number(digits) => digits.as_str(),
            Self::NotAString | Self::File => return Err(vec![Message::NotAString]),
        };
        if text.contains('\0') { Err(vec![Message::Nul]) } else { Ok(Some(text)) }
    }
}

impl<'a> From<Option<&'a Value>> for Raw<'a> {
    fn from(value: Option<&'a Value>) -> Self {
        match value {
            None => Self::Missing,
            Some(Value::Null) => Self::Null,
            Some(Value::String(text)) => Self::Text(text),
            Some(Value::Number(number)) => Self::Number(number.to_string()),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Self::NotAString,
        }
    }
}
