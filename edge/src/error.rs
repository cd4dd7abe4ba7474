//! Everything that is answered instead of success, in one type.
//!
//! The `/api/support/` family speaks the words and shapes of the framework it is compatible with
//! (`{"detail": …}`, field maps), everything else `{"error": "<Turkish>"}`. A fault of ours says nothing of its cause
//! to the client; the guard logs it once, under the request's id.

use crate::intake::{DecodeError, native_answer, support_answer};
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schema::forms::rules::FieldError;
use schema::pool::DbError;
use schema::tickets::support_form::{FieldErrors, Language};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the request names no site")]
    NoSite,
    #[error("{0}")]
    Invalid(String),
    #[error("fields break rules")]
    Fields(FieldErrors),
    #[error("fields of a form break rules")]
    FormFields(Vec<FieldError>),
    #[error("the Idempotency-Key is malformed")]
    KeyMalformed,
    #[error("the Idempotency-Key belongs to another request")]
    KeyReused,
    #[error("no identity was given")]
    NoIdentity,
    #[error("the token is not valid")]
    BadToken,
    #[error("the widget key is unknown or revoked")]
    BadKey,
    #[error("the caller may not do this")]
    Forbidden,
    #[error("not found: {0:?}")]
    NotFound(Missing),
    #[error("method {0} is not allowed")]
    Method(Method),
    #[error("too many requests")]
    TooMany { wait_seconds: u64 },
    #[error("too much is going on")]
    Busy,
    #[error("the request took too long")]
    TooSlow,
    #[error(transparent)]
    Body(#[from] DecodeError),
    #[error(transparent)]
    Fault(anyhow::Error),
}

/// A database that is away is no fault of ours, however deep in the causes it stands.
impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<DbError>() {
            Ok(error) => Self::of_database(error),
            Err(error) => Self::Fault(error),
        }
    }
}

/// What was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Page,
    Form,
    Department,
    Category,
}

/// Which words and shape an error is answered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Native,
    Support(Language),
}

/// The cause of a 500, for the guard to log; never sent.
#[derive(Clone)]
pub struct Cause(pub Arc<anyhow::Error>);

/// B11-04, in this order.
#[derive(Serialize)]
struct FormAnswer {
    success: bool,
    errors: Vec<FieldError>,
}

impl Family {
    /// The family of a path.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        if path == "/api/support" || path.starts_with("/api/support/") {
            Self::Support(language(headers))
        } else {
            Self::Native
        }
    }
}

/// Turkish, unless the client prefers English (B12-18).
pub fn language(headers: &HeaderMap) -> Language {
    let preferred =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = preferred.trim_start().get(..2).unwrap_or_default();
    if first.eq_ignore_ascii_case("en") { Language::En } else { Language::Tr }
}

impl ApiError {
    /// What a database that cannot be used means to the client: come back, or our fault.
    pub fn of_database(error: DbError) -> Self {
        if error.is_outage() { Self::Busy } else { Self::Fault(error.into()) }
    }

    /// The answer in the words of a family.
    pub fn answer(self, family: Family) -> Response {
        let status = self.status();
        let wait = self.wait_seconds();
        let mut response = match (self, family) {
            (Self::Body(error), Family::Support(language)) => return support_answer(&error, language),
            (Self::Body(error), Family::Native) => return native_answer(&error),
            (Self::Fields(errors), _) => (status, Json(errors)).into_response(),
            (Self::FormFields(errors), _) => {
                (status, Json(FormAnswer { success: false, errors })).into_response()
            }
            (Self::Fault(error), _) => fault(error),
            (error, Family::Native) => (status, Json(json!({ "error": error.native() }))).into_response(),
            (error, Family::Support(language)) => {
                (status, Json(json!({ "detail": error.detail(language) }))).into_response()
            }
        };
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoSite | Self::Invalid(_) | Self::Fields(_) | Self::FormFields(_) | Self::KeyMalformed => {
                StatusCode::BAD_REQUEST
            }
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoIdentity | Self::BadToken | Self::BadKey => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Body(_) | Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn wait_seconds(&self) -> Option<u64> {
        match self {
            Self::TooMany { wait_seconds } => Some(*wait_seconds),
            Self::Busy | Self::TooSlow => Some(1),
            _ => None,
        }
    }

    /// The sentence of the native routes.
    fn native(&self) -> String {
        let text = match self {
            Self::Invalid(text) => return text.clone(),
            Self::NoSite => "Bozuk istek",
            Self::KeyMalformed => "Geçersiz Idempotency-Key başlığı",
            Self::KeyReused => "Bu Idempotency-Key başka bir istekte kullanıldı",
            Self::NoIdentity => "Token bulunamadı",
            Self::BadToken => "Geçersiz token",
            Self::BadKey => "Geçersiz API anahtarı",
            Self::Forbidden => "Yetkiniz yok",
            Self::NotFound(Missing::Page) => "Bulunamadı",
            Self::NotFound(Missing::Form) => "Form bulunamadı",
            Self::NotFound(Missing::Department) => "Departman bulunamadı",
            Self::NotFound(Missing::Category) => "Kategori bulunamadı",
            Self::Method(_) => "Bu metoda izin verilmiyor",
            Self::TooMany { .. } => "Çok fazla istek gönderdiniz",
            Self::Busy => "Sunucu şu anda çok yoğun, lütfen biraz sonra tekrar deneyin",
            Self::TooSlow => "İstek zaman aşımına uğradı",
            Self::Fields(_) | Self::FormFields(_) | Self::Body(_) | Self::Fault(_) => SERVER_FAULT,
        };
        text.to_owned()
    }

    /// The `detail` of the support family. The framework's own sentences exist in English too.
    fn detail(&self, language: Language) -> String {
        let (turkish, english) = match self {
            Self::NoSite => ("Bozuk istek.", "Bad request."),
            Self::NoIdentity => {
                ("Giriş bilgileri verilmedi.", "Authentication credentials were not provided.")
            }
            Self::BadToken => ("Geçersiz token.", "Invalid token."),
            Self::BadKey => ("Geçersiz API anahtarı.", "Invalid API key."),
            Self::Forbidden => (
                "Bu işlemi yapmak için izniniz bulunmuyor.",
                "You do not have permission to perform this action.",
            ),
            Self::NotFound(_) => ("Bulunamadı.", "Not found."),
            Self::Method(method) => return method_detail(method, language),
            Self::TooMany { wait_seconds } => return wait_detail(*wait_seconds, language),
            _ => return format!("{}.", self.native()),
        };
        match language {
            Language::Tr => turkish.to_owned(),
            Language::En => english.to_owned(),
        }
    }
}

const SERVER_FAULT: &str = "Sunucu hatası oluştu";

fn method_detail(method: &Method, language: Language) -> String {
    match language {
        Language::Tr => format!("\"{method}\" metoduna izin verilmiyor."),
        Language::En => format!("Method \"{method}\" not allowed."),
    }
}

fn wait_detail(seconds: u64, language: Language) -> String {
    match language {
        Language::Tr => {
            format!(
                "Üst üste çok fazla istek yapıldı. {seconds} saniye içinde erişilebilir olması bekleniyor."
            )
        }
        Language::En => format!("Request was throttled. Expected available in {seconds} seconds."),
    }
}

fn fault(error: anyhow::Error) -> Response {
    let body = Json(json!({ "error": SERVER_FAULT }));
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, body).into_response();
    response.extensions_mut().insert(Cause(Arc::new(error)));
    response
}
