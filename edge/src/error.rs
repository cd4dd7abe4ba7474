//! Everything that is answered instead of success, in one type.
//!
//! The `/api/support/` family speaks the words and shapes of the framework it is compatible with
//! (`{"detail": …}`, field maps), everything else `{"error": "<Turkish>"}`. A fault of ours says nothing of its cause
//! to the client; the guard logs it once, under the request's id.

mod family;
mod missing;
mod shapes;
mod unsaid;

pub use family::{Family, language};
pub use missing::Missing;
pub use unsaid::Unsaid;

use crate::intake::{DecodeError, native_answer, support_answer};
use crate::text::{Language, Text, spoken};
use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schema::forms::rules::FieldError;
use schema::pool::DbError;
use schema::tickets::support_form::FieldErrors;
use serde::Serialize;
use serde_json::json;
use shapes::{by_field, method_detail, rejection, said, wait_detail};
use std::sync::Arc;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the request names no site")]
    NoSite,
    /// A sentence, or both to choose from ([`Text`]).
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
    #[error("the token's user is gone or switched off")]
    BadUser,
    #[error("the password must be changed first")]
    PasswordStale,
    #[error("a super admin must name the site")]
    SiteNotNamed,
    /// Fields that break rules, each with its sentence: the caller's, or both to choose from ([`Text`]).
    #[error("fields are refused")]
    Rejected(Vec<(String, String)>),
    /// A refusal of a sort of its own.
    #[error("refused: {}", .1.en)]
    Said(StatusCode, Text),
    /// What was to be changed stands otherwise than the caller thinks; the sentence is the contract's.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Somebody else edits it.
    #[error("locked by another")]
    Locked { owner: String, since: String },
    /// A log-in that needs a code besides.
    #[error("refused: {}", .0.en)]
    Totp(Text),
    /// It was changed since the caller looked.
    #[error("at version {version} by now")]
    Stale { version: i64 },
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
    #[error("too many failed tries")]
    TooManyTries { wait_seconds: u64 },
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

/// A database that is away is no fault of ours.
impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        Self::of_database(error)
    }
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

impl ApiError {
    /// What a database that cannot be used means to the client: come back, or our fault.
    pub fn of_database(error: DbError) -> Self {
        if error.is_outage() { Self::Busy } else { Self::Fault(error.into()) }
    }

    /// One field that breaks a rule.
    pub fn field(name: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::Rejected(vec![(name.into(), sentence.into())])
    }

    /// The answer in the words of a family.
    pub fn answer(self, family: Family) -> Response {
        let status = self.status();
        let wait = self.wait_seconds();
        let version = if let Self::Stale { version } = self { Some(version) } else { None };
        let mut response = match (self, family) {
            (Self::Body(error), Family::Support(language)) => return support_answer(&error, language),
            (Self::Body(error), Family::Native(language)) => return native_answer(&error, language),
            (Self::Fields(errors), _) => (status, Json(errors)).into_response(),
            (Self::FormFields(errors), _) => {
                (status, Json(FormAnswer { success: false, errors })).into_response()
            }
            (Self::Fault(error), Family::Native(language) | Family::Support(language)) => {
                fault(error, language)
            }
            (Self::Rejected(fields), Family::Native(language)) => {
                (status, Json(rejection(said(fields, language)))).into_response()
            }
            (Self::Rejected(fields), Family::Support(language)) => {
                (status, Json(by_field(said(fields, language)))).into_response()
            }
            (Self::Locked { owner, since }, Family::Native(language) | Family::Support(language)) => {
                let body = json!({ "error": LOCKED.of(language), "owner": owner, "since": since });
                (status, Json(body)).into_response()
            }
            (Self::Totp(text), Family::Native(language)) => {
                let body = json!({ "error": text.of(language), "totp_required": true });
                (status, Json(body)).into_response()
            }
            (error, Family::Native(language)) => {
                (status, Json(json!({ "error": error.native(language) }))).into_response()
            }
            (error, Family::Support(language)) => {
                (status, Json(json!({ "detail": error.detail(language) }))).into_response()
            }
        };
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(version) = version {
            response.headers_mut().insert(header::ETAG, version_tag(version));
        }
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// The answer's status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoSite
            | Self::Invalid(_)
            | Self::Fields(_)
            | Self::FormFields(_)
            | Self::Rejected(_)
            | Self::SiteNotNamed
            | Self::KeyMalformed => StatusCode::BAD_REQUEST,
            Self::Said(status, _) => *status,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Locked { .. } => StatusCode::LOCKED,
            Self::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoIdentity | Self::BadToken | Self::BadUser | Self::BadKey | Self::Totp(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden | Self::PasswordStale => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany { .. } | Self::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Body(error) => crate::intake::status(error),
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn wait_seconds(&self) -> Option<u64> {
        match self {
            Self::TooMany { wait_seconds } | Self::TooManyTries { wait_seconds } => Some(*wait_seconds),
            Self::Busy | Self::TooSlow => Some(1),
            _ => None,
        }
    }

    /// The sentence of the native routes.
    pub fn native(&self, language: Language) -> String {
        let text = match self {
            Self::Invalid(text) | Self::Conflict(text) => return spoken(text, language),
            Self::Said(_, text) | Self::Totp(text) => *text,
            Self::NoSite => Text::new("Bozuk istek", "Bad request"),
            Self::SiteNotNamed => Text::new("X-Site-ID başlığı gerekli", "The X-Site-ID header is required"),
            Self::KeyMalformed => {
                Text::new("Geçersiz Idempotency-Key başlığı", "The Idempotency-Key header is malformed")
            }
            Self::KeyReused => Text::new(
                "Bu Idempotency-Key başka bir istekte kullanıldı",
                "This Idempotency-Key belongs to another request",
            ),
            Self::Locked { .. } => LOCKED,
            Self::Stale { .. } => Text::new("Kayıt bu sırada değişti", "The record has changed meanwhile"),
            Self::NoIdentity => Text::new("Token bulunamadı", "No token was given"),
            Self::BadToken => Text::new("Geçersiz token", "Invalid token"),
            Self::BadUser => Text::new("Geçersiz kullanıcı", "Invalid user"),
            Self::BadKey => Text::new("Geçersiz API anahtarı", "Invalid API key"),
            Self::Forbidden => Text::new("Yetkiniz yok", "You may not do this"),
            Self::PasswordStale => Text::new("Önce şifrenizi değiştirin", "Change your password first"),
            Self::NotFound(missing) => missing.text(),
            Self::Method(_) => Text::new("Bu metoda izin verilmiyor", "This method is not allowed"),
            Self::TooMany { .. } => Text::new("Çok fazla istek gönderdiniz", "Too many requests"),
            Self::TooManyTries { .. } => Text::new("Çok fazla giriş denemesi", "Too many log-in attempts"),
            Self::Busy => Text::new(
                "Sunucu şu anda çok yoğun, lütfen biraz sonra tekrar deneyin",
                "The server is very busy, please try again shortly",
            ),
            Self::TooSlow => Text::new("İstek zaman aşımına uğradı", "The request timed out"),
            Self::Fields(_) | Self::FormFields(_) | Self::Rejected(_) | Self::Body(_) | Self::Fault(_) => {
                SERVER_FAULT
            }
        };
        text.of(language).to_owned()
    }

    /// The `detail` of the support family. The framework's own sentences exist in English too.
    fn detail(&self, language: Language) -> String {
        let (turkish, english) = match self {
            Self::NoSite => ("Bozuk istek.", "Bad request."),
            Self::NoIdentity => {
                ("Giriş bilgileri verilmedi.", "Authentication credentials were not provided.")
            }
            Self::BadToken | Self::BadUser => ("Geçersiz token.", "Invalid token."),
            Self::BadKey => ("Geçersiz API anahtarı.", "Invalid API key."),
            Self::Forbidden => (
                "Bu işlemi yapmak için izniniz bulunmuyor.",
                "You do not have permission to perform this action.",
            ),
            Self::NotFound(_) => ("Bulunamadı.", "Not found."),
            Self::Method(method) => return method_detail(method, language),
            Self::TooMany { wait_seconds } => return wait_detail(*wait_seconds, language),
            _ => return format!("{}.", self.native(language)),
        };
        match language {
            Language::Tr => turkish.to_owned(),
            Language::En => english.to_owned(),
        }
    }
}

/// A version as a strong `ETag`.
pub fn version_tag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// A8-32, exact.
const LOCKED: Text = Text::new(
    "Ticket şu anda başka bir agent tarafından düzenleniyor",
    "Another agent is editing the ticket",
);
const SERVER_FAULT: Text = Text::new("Sunucu hatası oluştu", "A server error occurred");

fn fault(error: anyhow::Error, language: Language) -> Response {
    let body = Json(json!({ "error": SERVER_FAULT.of(language) }));
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, body).into_response();
    response.extensions_mut().insert(Cause(Arc::new(error)));
    response
}
