//! What a client reads when its body could not be taken in.
//!
//! The support form's family speaks the words of the framework it is compatible with (B12-20…22), everything else
//! the house form `{"error": "<Turkish>"}`. Statuses are the same in both.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schema::files::rules::Refusal;
use schema::tickets::support_form::{Language, Message};
use serde_json::{Value, json};

use super::error::DecodeError;

/// The answer of the `/api/support/` family.
pub fn support_answer(error: &DecodeError, language: Language) -> Response {
    log(error);
    let body = match error {
        DecodeError::NotAnObject(kind) => json!({ "non_field_errors": [not_an_object(kind, language)] }),
        DecodeError::TextTooLong { field, max } => json!({ field: [Message::TooLong(*max).text(language)] }),
        _ => json!({ "detail": detail(error, language) }),
    };
    answer(error, body)
}

/// The answer of all other routes.
pub fn native_answer(error: &DecodeError, language: Language) -> Response {
    log(error);
    answer(error, json!({ "error": sentence(error, language) }))
}

fn answer(error: &DecodeError, body: Value) -> Response {
    (status(error), Json(body)).into_response()
}

/// The status of the answer.
pub fn status(error: &DecodeError) -> StatusCode {
    match error {
        DecodeError::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        DecodeError::BodyTooLarge { .. } | DecodeError::File(Refusal::TooLarge { .. }) => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        DecodeError::TooSlow => StatusCode::REQUEST_TIMEOUT,
        DecodeError::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The framework's sentences; those it never translated stay English in both languages.
fn detail(error: &DecodeError, language: Language) -> String {
    match (error, language) {
        (DecodeError::MediaType(sent), Language::Tr) => {
            format!("İstekte desteklenmeyen medya tipi: \"{sent}\".")
        }
        (DecodeError::MediaType(sent), Language::En) => {
            format!("Unsupported media type \"{sent}\" in request.")
        }
        (DecodeError::Json(cause), _) => format!("JSON parse error - {cause}"),
        (DecodeError::TooDeep { max }, _) => format!("JSON parse error - nested deeper than {max} levels"),
        (DecodeError::Boundary(boundary), _) => {
            let sent = boundary.as_deref().unwrap_or("None");
            format!("Multipart form parse error - Invalid boundary in multipart: {sent}")
        }
        (DecodeError::Multipart(cause), _) => format!("Multipart form parse error - {cause}"),
        _ => sentence(error, language),
    }
}

fn not_an_object(kind: &str, language: Language) -> String {
    match language {
        Language::Tr => format!("Geçersiz veri. Bir sözlük bekleniyor, ama var {kind}."),
        Language::En => format!("Invalid data. Expected a dictionary, but got {kind}."),
    }
}

fn sentence(error: &DecodeError, language: Language) -> String {
    match language {
        Language::Tr => turkish(error),
        Language::En => english(error),
    }
}

fn turkish(error: &DecodeError) -> String {
    match error {
        DecodeError::MediaType(_) => "Desteklenmeyen içerik tipi".into(),
        DecodeError::Json(_) => "Geçersiz JSON".into(),
        DecodeError::NotAnObject(_) => "Geçersiz veri".into(),
        DecodeError::TooDeep { max } => format!("Veri çok derin (en fazla {max} düzey)"),
        DecodeError::Boundary(_) | DecodeError::Multipart(_) => "Geçersiz form verisi".into(),
        DecodeError::BodyTooLarge { .. } => "İstek çok büyük".into(),
        DecodeError::TooManyFields { max } => format!("Çok fazla alan (en fazla {max})"),
        DecodeError::TooManyFiles { max } => format!("Çok fazla dosya (en fazla {max})"),
        DecodeError::TextTooLong { field, .. } => format!("Değer çok uzun: {field}"),
        DecodeError::File(refusal) => refusal.to_string(),
        DecodeError::TooSlow => "İstek zaman aşımına uğradı".into(),
        DecodeError::Broken(_) => "İstek okunamadı".into(),
        DecodeError::Storage(_) => "Sunucu hatası oluştu".into(),
    }
}

fn english(error: &DecodeError) -> String {
    match error {
        DecodeError::MediaType(_) => "Unsupported content type".into(),
        DecodeError::Json(_) => "Invalid JSON".into(),
        DecodeError::NotAnObject(_) => "Invalid data".into(),
        DecodeError::TooDeep { max } => format!("The data is too deep (at most {max} levels)"),
        DecodeError::Boundary(_) | DecodeError::Multipart(_) => "Invalid form data".into(),
        DecodeError::BodyTooLarge { .. } => "The request is too large".into(),
        DecodeError::TooManyFields { max } => format!("Too many fields (at most {max})"),
        DecodeError::TooManyFiles { max } => format!("Too many files (at most {max})"),
        DecodeError::TextTooLong { field, .. } => format!("The value is too long: {field}"),
        DecodeError::File(refusal) => refusal.english(),
        DecodeError::TooSlow => "The request timed out".into(),
        DecodeError::Broken(_) => "The request could not be read".into(),
        DecodeError::Storage(_) => "A server error occurred".into(),
    }
}

/// Only what is ours to mend is worth a line; a client's mistake is in its answer.
fn log(error: &DecodeError) {
    if let DecodeError::Storage(cause) = error {
        tracing::error!(%cause, "an uploaded file could not be stored");
    }
}
