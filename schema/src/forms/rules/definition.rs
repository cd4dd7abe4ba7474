//! What an admin defines: a named list of fields, and where the ticket goes.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::sound::{self, DefinitionError};

/// A form (B11-01). Unknown keys are ignored, so that a newer dashboard may decorate fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub name: String,
    pub fields: Vec<Field>,
    /// Whether a submission becomes a ticket.
    #[serde(default)]
    pub create_ticket: bool,
    #[serde(default)]
    pub department_id: Option<Uuid>,
    #[serde(default)]
    pub category_id: Option<Uuid>,
    /// A priority key; a ticket without one is `normal` (B11-14).
    #[serde(default)]
    pub default_priority: Option<String>,
}

/// The part of a definition that a visitor's browser needs: no routing data (B11-29).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublicDefinition<'a> {
    pub name: &'a str,
    pub fields: &'a [Field],
}

/// One field and its rules (B11-19). Rules that mean nothing for the field's type are ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The key of its value in a submission.
    pub name: String,
    /// What people read.
    pub label: String,
    #[serde(rename = "type", default)]
    pub kind: FieldType,
    #[serde(default)]
    pub required: bool,
    /// Characters, after blanks around the text were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// Bounds of a number, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// A regular expression the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The choices of a select or multi-select.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// What kind of input a field is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    #[default]
    Text,
    Textarea,
    Email,
    Phone,
    Number,
    Date,
    Select,
    Multiselect,
    Checkbox,
    File,
}

impl Definition {
    /// Reads and checks a definition as an admin sent it.
    ///
    /// # Errors
    /// The first thing wrong with it; its text is Turkish and made for the admin.
    pub fn parse(json: &Value) -> Result<Self, DefinitionError> {
        let definition =
            Self::deserialize(json).map_err(|cause| DefinitionError::Shape(cause.to_string()))?;
        sound::check(&definition)?;
        Ok(definition)
    }

    pub fn public(&self) -> PublicDefinition<'_> {
        PublicDefinition { name: &self.name, fields: &self.fields }
    }

    /// The names of fields whose repeated values are a list, for the decoder of form bodies.
    pub fn list_names(&self) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(|field| field.kind == FieldType::Multiselect)
            .map(|field| field.name.as_str())
    }
}
