//! Tickets as JSON.

mod card;
mod detail;
mod mail;
mod record;

pub use card::CardView;
pub use detail::{AttachmentView, DetailView, LockView, ReplyView};
pub use record::RecordView;

use crate::error::version_tag;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A ticket with its version as a strong `ETag`.
pub fn tagged(version: i64, body: &impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::ETAG, version_tag(version));
    response
}
