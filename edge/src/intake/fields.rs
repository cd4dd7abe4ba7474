//! What a body was found to hold.

use serde_json::{Map, Value};

use super::file::Upload;
use super::options::Options;

/// Values and files of one request. A form's texts are JSON strings here, so that rules see one kind of value
/// whatever the body's type was.
#[derive(Debug, Default)]
pub struct Intake {
    values: Vec<(String, Value)>,
    files: Vec<Upload>,
    /// The client kept sending long after a file was past its limit; fields behind that file are unknown.
    pub(super) cut: bool,
}

impl Intake {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A value that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Names and values, in the order they came; a JSON object's in the order of its names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// All values as one JSON object.
    pub fn values(&self) -> Map<String, Value> {
        self.values.iter().cloned().collect()
    }

    pub fn files(&self) -> &[Upload] {
        &self.files
    }

    /// The last file that came under `name`.
    pub fn file(&self, name: &str) -> Option<&Upload> {
        self.files.iter().rev().find(|upload| upload.field == name)
    }

    /// Takes the last file that came under `name` out.
    pub fn take_file(&mut self, name: &str) -> Option<Upload> {
        let place = self.files.iter().rposition(|upload| upload.field == name)?;
        Some(self.files.remove(place))
    }

    /// Takes all files out.
    pub fn take_files(&mut self) -> Vec<Upload> {
        std::mem::take(&mut self.files)
    }

    /// Deletes everything that was stored for this request. Dropping does the same, but in the background.
    pub async fn discard(self) {
        for upload in self.files {
            upload.discard().await;
        }
    }

    pub(super) fn put(&mut self, name: &str, value: Value) {
        if is_operator_key(name) {
            return;
        }
        match self.values.iter_mut().find(|(key, _)| key == name) {
            Some((_, kept)) => *kept = value,
            None => self.values.push((name.to_owned(), value)),
        }
    }

    /// A text of a form; names declared as lists collect their texts in an array.
    pub(super) fn put_text(&mut self, name: &str, text: String, options: &Options<'_>) {
        let text = Value::String(text);
        if !options.is_list(name) || is_operator_key(name) {
            return self.put(name, text);
        }
        match self.values.iter_mut().find(|(key, _)| key == name) {
            Some((_, Value::Array(texts))) => texts.push(text),
            _ => self.put(name, Value::Array(vec![text])),
        }
    }

    /// Adds a file and hands back the one it replaces: only list names keep more than one (B12-24).
    pub(super) fn put_file(&mut self, upload: Upload, options: &Options<'_>) -> Option<Upload> {
        let replaced = if options.is_list(&upload.field) { None } else { self.take_file(&upload.field) };
        self.files.push(upload);
        replaced
    }
}

/// Keys with which a document database would read a value as a command (B22-25).
pub(super) fn is_operator_key(key: &str) -> bool {
    key.starts_with('$') || key.contains('.')
}
