//! Whether a definition can be filled in at all, and stays within bounds.

use std::collections::HashSet;

use regex::{Regex, RegexBuilder};

use super::definition::{Definition, Field, FieldType};

const FIELDS_MAX: usize = 60;
const NAME_CHARS_MAX: usize = 64;
const TEXT_CHARS_MAX: usize = 200;
const OPTIONS_MAX: usize = 200;
const PATTERN_CHARS_MAX: usize = 500;
/// Bounds the compiled program: a pattern like `((a{99}){99}){99}` is refused instead of eating memory.
const PATTERN_BYTES_MAX: usize = 1 << 20;
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];
/// Keys of a submission that are not values of fields (B11-02).
const RESERVED: [&str; 2] = ["formId", "files"];

/// What is wrong with a definition. `Display` is what the admin reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Not an object of the expected shape; the English cause is for the log.
    #[error("Form tanımı geçersiz")]
    Shape(String),
    #[error("Form adı 1-200 karakter olmalıdır")]
    Name,
    #[error("Form 1-60 alan içermelidir")]
    FieldCount,
    #[error("Geçersiz öncelik: {0}")]
    Priority(String),
    #[error("Geçersiz alan adı: {0}")]
    FieldName(String),
    #[error("Alan adı birden fazla kullanılmış: {0}")]
    FieldTwice(String),
    #[error("{0}: etiket 1-200 karakter olmalıdır")]
    Label(String),
    #[error("{0}: seçenek listesi geçersiz")]
    Options(String),
    #[error("{0}: alt sınır üst sınırdan büyük olamaz")]
    Bounds(String),
    #[error("{0}: desen geçersiz")]
    Pattern(String),
}

pub(super) fn check(definition: &Definition) -> Result<(), DefinitionError> {
    if !is_line(&definition.name) {
        return Err(DefinitionError::Name);
    }
    if definition.fields.is_empty() || definition.fields.len() > FIELDS_MAX {
        return Err(DefinitionError::FieldCount);
    }
    check_priority(definition.default_priority.as_deref())?;
    let mut seen = HashSet::new();
    for field in &definition.fields {
        check_field(field)?;
        if !seen.insert(field.name.as_str()) {
            return Err(DefinitionError::FieldTwice(field.name.clone()));
        }
    }
    Ok(())
}

/// Compiles a field's pattern so that it must match a whole text. The pattern alone must be valid too, or `a)|(b`
/// would slip out of the group around it. The `regex` crate matches in linear time.
pub(super) fn whole_match(pattern: &str) -> Option<Regex> {
    if pattern.chars().count() > PATTERN_CHARS_MAX {
        return None;
    }
    let compile = |source: &str| RegexBuilder::new(source).size_limit(PATTERN_BYTES_MAX).build().ok();
    compile(pattern)?;
    compile(&format!(r"\A(?:{pattern})\z"))
}

fn check_priority(priority: Option<&str>) -> Result<(), DefinitionError> {
    match priority {
        Some(key) if !PRIORITIES.contains(&key) => Err(DefinitionError::Priority(shown(key))),
        _ => Ok(()),
    }
}

fn check_field(field: &Field) -> Result<(), DefinitionError> {
    if !is_field_name(&field.name) {
        return Err(DefinitionError::FieldName(shown(&field.name)));
    }
    let name = || field.name.clone();
    if !is_line(&field.label) {
        return Err(DefinitionError::Label(name()));
    }
    if !options_fit(field) {
        return Err(DefinitionError::Options(name()));
    }
    if crossed(field.min_length, field.max_length) || crossed(field.min, field.max) {
        return Err(DefinitionError::Bounds(name()));
    }
    match &field.pattern {
        Some(pattern) if whole_match(pattern).is_none() => Err(DefinitionError::Pattern(name())),
        _ => Ok(()),
    }
}

/// A letter or underscore, then letters, digits, `_` and `-`. Dots and `$` are out: request bodies lose such keys.
fn is_field_name(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    first && rest && name.len() <= NAME_CHARS_MAX && !RESERVED.contains(&name)
}

fn options_fit(field: &Field) -> bool {
    let choosing = matches!(field.kind, FieldType::Select | FieldType::Multiselect);
    let distinct: HashSet<&str> = field.options.iter().map(String::as_str).collect();
    distinct.len() == field.options.len()
        && field.options.len() <= OPTIONS_MAX
        && field.options.iter().all(|option| is_line(option))
        && !(choosing && field.options.is_empty())
}

fn crossed<T: PartialOrd>(low: Option<T>, high: Option<T>) -> bool {
    matches!((low, high), (Some(low), Some(high)) if low > high)
}

/// One visible line: labels end up in ticket texts and mail subjects, where a line break would be a forgery.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.chars().any(char::is_control)
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
}
