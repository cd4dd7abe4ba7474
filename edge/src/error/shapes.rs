//! The bodies of refusals that have more to say than one fixed sentence.

use crate::text::{Language, spoken};
use axum::http::Method;
use serde_json::{Value, json};

/// The fields' sentences in one language.
pub fn said(fields: Vec<(String, String)>, language: Language) -> Vec<(String, String)> {
    fields.into_iter().map(|(name, sentence)| (name, spoken(&sentence, language))).collect()
}

/// `error` is the first field's sentence; `errors` has all of them by field.
pub fn rejection(fields: Vec<(String, String)>) -> Value {
    let first = fields.first().map_or_else(String::new, |(name, sentence)| format!("{name}: {sentence}"));
    json!({ "error": first, "errors": by_field(fields) })
}

pub fn by_field(fields: Vec<(String, String)>) -> Value {
    let mut errors = serde_json::Map::new();
    for (name, sentence) in fields {
        let name = if name.is_empty() { "non_field_errors".to_owned() } else { name };
        match errors.entry(name).or_insert_with(|| json!([])) {
            Value::Array(sentences) => sentences.push(Value::String(sentence)),
            _ => unreachable!("only lists are put in"),
        }
    }
    Value::Object(errors)
}

pub fn method_detail(method: &Method, language: Language) -> String {
    match language {
        Language::Tr => format!("\"{method}\" metoduna izin verilmiyor."),
        Language::En => format!("Method \"{method}\" not allowed."),
    }
}

pub fn wait_detail(seconds: u64, language: Language) -> String {
    match language {
        Language::Tr => {
            format!(
                "Üst üste çok fazla istek yapıldı. {seconds} saniye içinde erişilebilir olması bekleniyor."
            )
        }
        Language::En => format!("Request was throttled. Expected available in {seconds} seconds."),
    }
}
