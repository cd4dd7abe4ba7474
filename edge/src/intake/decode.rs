//! The entry: looks at the media type and hands the body to the decoder of that type.

use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::{HeaderMap, header};

use super::error::DecodeError;
use super::fields::Intake;
use super::inbox::Inbox;
use super::options::Options;
use super::{body, form, json, multipart};

/// How much of a media type an error repeats.
const MEDIA_TYPE_CHARS_SHOWN: usize = 200;

/// Takes a request's body in. An empty body has no values, whatever type it claims. Without an `inbox` the route
/// takes no files, and a multipart body with one is refused as too many.
///
/// # Errors
/// The first thing wrong with the body; files stored until then are deleted.
pub async fn decode(
    request: Request,
    options: &Options<'_>,
    inbox: Option<&Inbox>,
) -> Result<Intake, DecodeError> {
    let media_type = media_type(request.headers());
    let length = content_length(request.headers());
    let body = request.into_body();
    let mut intake = Intake::default();
    if length == Some(0) || body.is_end_stream() {
        return Ok(intake);
    }
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence != "multipart/form-data" && length.is_some_and(|n| n > options.body_bytes_max as u64) {
        body::linger(body);
        return Err(DecodeError::BodyTooLarge { max: options.body_bytes_max });
    }
    match essence.as_str() {
        "multipart/form-data" => {
            let read = multipart::read(body, &media_type, options, inbox, &mut intake).await;
            if let Err(error) = read {
                intake.discard().await;
                return Err(error);
            }
        }
        "application/json" => json::read(&body::read_all(body, options).await?, options, &mut intake)?,
        "application/x-www-form-urlencoded" => {
            form::read(&body::read_all(body, options).await?, options, &mut intake)?;
        }
        _ => return Err(DecodeError::MediaType(media_type.chars().take(MEDIA_TYPE_CHARS_SHOWN).collect())),
    }
    Ok(intake)
}

fn media_type(headers: &HeaderMap) -> String {
    let sent = headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    sent.unwrap_or_default().trim().to_owned()
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
