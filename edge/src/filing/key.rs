//! The `Idempotency-Key` header: which request it stands for.

use super::replay::hex;
use crate::error::ApiError;
use crate::intake::{Intake, Stored};
use axum::http::HeaderMap;
use futures::TryStreamExt;
use schema::tickets::NewKey;
use sha2::{Digest, Sha256};

const HEADER: &str = "idempotency-key";
const CHARS_MAX: usize = 200;

/// The key of a request, if it has one.
///
/// # Errors
/// It is empty, too long, or not visible ASCII.
pub fn given(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let value = value.as_bytes();
    if !(1..=CHARS_MAX).contains(&value.len()) || !value.iter().all(u8::is_ascii_graphic) {
        return Err(ApiError::KeyMalformed);
    }
    Ok(Some(String::from_utf8_lossy(value).into_owned()))
}

/// The key together with the hash of the request it came with.
///
/// # Errors
/// An uploaded file cannot be read back.
pub async fn remembered(
    key: Option<String>,
    route: &'static str,
    path: &str,
    intake: &Intake,
) -> Result<Option<NewKey>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let request_hash = hash(path, intake).await?;
    Ok(Some(NewKey { route, key, request_hash }))
}

/// Names and values are hashed with their lengths, so that no two requests write the same bytes. Values come in the
/// order of their names; the way the body was encoded does not matter.
async fn hash(path: &str, intake: &Intake) -> Result<String, ApiError> {
    let mut hasher = Sha256::new();
    let mut add = |piece: &[u8]| {
        hasher.update((piece.len() as u64).to_be_bytes());
        hasher.update(piece);
    };
    add(b"POST");
    add(path.as_bytes());
    let values = serde_json::to_vec(&intake.values()).map_err(|cause| ApiError::Fault(cause.into()))?;
    add(&values);
    for upload in intake.files() {
        add(upload.field.as_bytes());
        add(upload.file_name.as_bytes());
        add(upload.declared_type.as_bytes());
        if let Some(stored) = &upload.stored {
            add(&content(stored).await?);
        }
    }
    Ok(hex(&hasher.finalize()))
}

async fn content(stored: &Stored) -> Result<Vec<u8>, ApiError> {
    let read = async {
        let mut chunks = stored.read().await?;
        let mut hasher = Sha256::new();
        while let Some(chunk) = chunks.try_next().await? {
            hasher.update(&chunk);
        }
        Ok::<_, object_store::Error>(hasher.finalize().to_vec())
    };
    read.await.map_err(|cause| ApiError::Fault(cause.into()))
}
