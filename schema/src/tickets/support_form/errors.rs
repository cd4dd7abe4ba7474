//! The answer to a form that broke rules: field → list of texts.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::texts::{Language, Message};

/// Failing fields in the order they were judged. Serialises to `{"name": ["…"], …}` in that order; going through
/// `serde_json::Value` would sort the fields, so write it straight to text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, Vec<String>)>);

impl FieldErrors {
    /// Errors with a single field in them.
    pub fn one(field: &'static str, message: &Message, language: Language) -> Self {
        Self(vec![(field, vec![message.text(language)])])
    }

    /// Adds a field with ready texts, for rules that need the database (`assigned_to`, `status`).
    pub fn push(&mut self, field: &'static str, texts: Vec<String>) {
        self.0.push((field, texts));
    }

    /// Keeps a field's value, or its messages.
    pub fn note<T>(
        &mut self,
        field: &'static str,
        checked: Result<T, Vec<Message>>,
        language: Language,
    ) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(messages) => {
                self.push(field, messages.iter().map(|message| message.text(language)).collect());
                None
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fields and texts in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.0.iter().map(|(field, texts)| (*field, texts.as_slice()))
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, texts) in &self.0 {
            map.serialize_entry(field, texts)?;
        }
        map.end()
    }
}
