//! What a widget may say about a ticket it asks for. Pure: values in, a draft or one sentence out.
//!
//! The rules of a field are those of the support form where both have it; texts name the field by the label the
//! widget shows (B11-24).

use crate::text::{Text, both};
use schema::tickets::rules::Priority;
use schema::tickets::support_form::{Language, Message, Raw, fields};
use serde_json::{Map, Value};
use uuid::Uuid;

const SUBJECT_CHARS_MAX: usize = 200;
const MESSAGE_CHARS_MAX: usize = 10_000;
const NAME_CHARS_MAX: usize = 100;
const NOT_AN_OBJECT: Text =
    Text::new("Özel alanlar: Geçerli bir nesne değil.", "Custom fields: Not a valid object.");
const CUSTOM_FIELDS_BYTES_MAX: usize = 64 << 10;

/// A ticket as the widget asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// One line.
    pub subject: String,
    pub message: String,
    /// One line.
    pub visitor_name: String,
    /// In lower case.
    pub visitor_email: Option<String>,
    pub visitor_phone: Option<String>,
    pub department_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    pub priority: Priority,
    pub custom_fields: Map<String, Value>,
}

/// Judges the values of a request.
///
/// # Errors
/// The first field that breaks a rule, as `<label>: <what is wrong>`, in both languages ([`both`]).
pub fn draft(values: &Map<String, Value>) -> Result<Draft, String> {
    let raw = |name: &str| Raw::from(values.get(name));
    let labelled =
        |tr: &'static str, en: &'static str| move |message: Message| labelled(Text::new(tr, en), &message);
    let first = |messages: Vec<Message>| messages.into_iter().next().unwrap_or(Message::NotAString);
    Ok(Draft {
        subject: line(required(&raw("subject"), SUBJECT_CHARS_MAX).map_err(labelled("Konu", "Subject"))?),
        message: required(&raw("message"), MESSAGE_CHARS_MAX).map_err(labelled("Mesaj", "Message"))?,
        visitor_name: line(
            required(&raw("visitor_name"), NAME_CHARS_MAX).map_err(labelled("Ad Soyad", "Name"))?,
        ),
        visitor_email: email(&raw("visitor_email")).map_err(first).map_err(labelled("Email", "E-mail"))?,
        visitor_phone: fields::phone(&raw("visitor_phone"))
            .map_err(first)
            .map_err(labelled("Telefon", "Phone"))?,
        department_id: id(&raw("department_id")).map_err(labelled("Departman", "Department"))?,
        category_id: id(&raw("category_id")).map_err(labelled("Kategori", "Category"))?,
        priority: priority(&raw("priority")).map_err(labelled("Öncelik", "Priority"))?,
        custom_fields: custom_fields(values.get("custom_fields"))?,
    })
}

fn labelled(label: Text, message: &Message) -> String {
    let said = |language: Language| format!("{}: {}", label.of(language), message.translated(language));
    both(said(Language::Tr), said(Language::En))
}

fn required(raw: &Raw<'_>, chars_max: usize) -> Result<String, Message> {
    let text = optional(raw)?.ok_or(if *raw == Raw::Missing { Message::Required } else { Message::Blank })?;
    if text.chars().count() > chars_max { Err(Message::TooLong(chars_max)) } else { Ok(text) }
}

/// Nothing for missing, null and blank.
fn optional(raw: &Raw<'_>) -> Result<Option<String>, Message> {
    let text = match raw {
        Raw::Missing | Raw::Null => return Ok(None),
        Raw::Text(text) => text.trim(),
        Raw::Number(digits) => digits,
        Raw::NotAString | Raw::File => return Err(Message::NotAString),
    };
    if text.contains('\0') {
        return Err(Message::Nul);
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// Whoever leaves no address gets no mail, and that is no mistake.
fn email(raw: &Raw<'_>) -> Result<Option<String>, Vec<Message>> {
    match optional(raw) {
        Ok(None) => Ok(None),
        Ok(Some(_)) => fields::email(raw).map(Some),
        Err(message) => Err(vec![message]),
    }
}

fn id(raw: &Raw<'_>) -> Result<Option<Uuid>, Message> {
    let Some(text) = optional(raw)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Message::NotAChoice(shown(&text)))
}

fn priority(raw: &Raw<'_>) -> Result<Priority, Message> {
    let Some(text) = optional(raw)? else { return Ok(Priority::default()) };
    Priority::parse(&text).ok_or_else(|| Message::NotAChoice(shown(&text)))
}

/// An object, or in a form body its JSON text.
fn custom_fields(value: Option<&Value>) -> Result<Map<String, Value>, String> {
    let wrong = || String::from(NOT_AN_OBJECT);
    let parsed = match value {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(Map::new()),
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| wrong())?,
        Some(value) => value.clone(),
    };
    let Value::Object(fields) = parsed else { return Err(wrong()) };
    let written = serde_json::to_string(&fields).map_err(|_| wrong())?;
    // The database stores no NUL; JSON writes it as an escape, and a backslash before it as two.
    if written.len() > CUSTOM_FIELDS_BYTES_MAX || holds_nul(&Value::Object(fields.clone())) {
        return Err(wrong());
    }
    Ok(fields)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn line(text: String) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, spoken};
    use serde_json::json;

    fn with(changes: Value) -> Result<Draft, String> {
        let mut values =
            json!({ "subject": "Yazıcı", "message": "Çalışmıyor", "visitor_name": "Şükrü Iğdır" });
        for (name, value) in changes.as_object().unwrap() {
            values[name] = value.clone();
        }
        draft(values.as_object().unwrap())
    }

    #[test]
    fn three_fields_are_enough_and_the_rest_has_defaults() {
        let draft = with(json!({})).unwrap();
        assert_eq!(
            (draft.priority, draft.visitor_email, draft.department_id),
            (Priority::Normal, None, None)
        );
    }

    #[test]
    fn each_broken_rule_is_said_in_turkish_with_its_field() {
        let long = "x".repeat(201);
        for (changes, text) in [
            (json!({ "subject": null }), "Konu: Bu alan boş bırakılmamalı."),
            (
                json!({ "subject": long }),
                "Konu: Bu alanın 200 karakterden fazla karakter barındırmadığından emin olun.",
            ),
            (json!({ "message": " " }), "Mesaj: Bu alan boş bırakılmamalı."),
            (json!({ "message": "a\0b" }), "Mesaj: Boş karakterlere izin verilmiyor."),
            (json!({ "visitor_name": [] }), "Ad Soyad: Geçerli bir string değil."),
            (json!({ "visitor_email": "a@b." }), "Email: Geçerli bir e-posta adresi girin."),
            (json!({ "visitor_phone": "12" }), "Telefon: Geçerli bir telefon numarası girin."),
            (json!({ "priority": "acil" }), "Öncelik: \"acil\" geçerli bir seçim değil."),
            (json!({ "department_id": "7" }), "Departman: \"7\" geçerli bir seçim değil."),
            (json!({ "custom_fields": [1] }), "Özel alanlar: Geçerli bir nesne değil."),
            (json!({ "custom_fields": { "a": ["\0"] } }), "Özel alanlar: Geçerli bir nesne değil."),
        ] {
            assert_eq!(spoken(&with(changes).unwrap_err(), Language::Tr), text);
        }
        let nothing = draft(&Map::new()).unwrap_err();
        assert_eq!(spoken(&nothing, Language::Tr), "Konu: Bu alan zorunlu.");
        assert_eq!(spoken(&nothing, Language::En), "Subject: This field is required.");
    }

    #[test]
    fn what_a_widget_sends_is_tidied() {
        let draft =
            with(json!({ "subject": " a\nb ", "visitor_email": " A@X.co ", "custom_fields": "{\"a\":1}" }));
        let draft = draft.unwrap();
        assert_eq!((draft.subject.as_str(), draft.visitor_email.as_deref()), ("a b", Some("a@x.co")));
        assert_eq!(draft.custom_fields["a"], 1);
    }
}
