//! A body with files: JSON or a form for its values, multipart when files come along.

use super::typed::typed;
use crate::error::{ApiError, language};
use crate::intake::{Options, Upload, decode};
use crate::state::State;
use crate::text::both;
use axum::extract::Request;
use garde::Validate;
use schema::files::rules::Policy;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Bytes of one text: letters may take four.
const TEXT_BYTES_MAX: usize = 256 << 10;

/// A checked body and its files. Files that nobody takes are deleted.
#[derive(Debug)]
pub struct Form<T> {
    pub values: T,
    pub files: Vec<Upload>,
}

impl<T: DeserializeOwned + Validate<Context = ()>> Form<T> {
    /// Reads a request whose files come under `files`.
    ///
    /// # Errors
    /// The body breaks a rule, or a file does; nothing is kept then.
    pub async fn read(state: &State, files: &'static str, request: Request) -> Result<Self, ApiError> {
        let language = language(request.headers());
        let policy = Policy::upload(false);
        let lists = [files];
        let options = Options { lists: &lists, text_bytes_max: TEXT_BYTES_MAX, ..Options::native(policy) };
        let mut intake = decode(request, &options, Some(&state.inbox)).await?;
        let value = Value::Object(intake.values());
        let judged =
            typed(&value, language, || serde_path_to_error::deserialize::<_, T>(&value)).and_then(|values| {
                for upload in intake.files() {
                    policy
                        .check(&upload.facts())
                        .map_err(|refusal| ApiError::Invalid(both(refusal, refusal.english())))?;
                }
                Ok(values)
            });
        match judged {
            Ok(values) => Ok(Self { values, files: intake.take_files() }),
            Err(error) => {
                intake.discard().await;
                Err(error)
            }
        }
    }
}

/// For a yes or no that a form writes as a word.
///
/// # Errors
/// It is neither.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Word {
        Flag(bool),
        Text(String),
    }
    match Word::deserialize(deserializer)? {
        Word::Flag(flag) => Ok(flag),
        Word::Text(text) => match text.as_str() {
            "true" | "1" | "on" => Ok(true),
            "false" | "0" | "off" | "" => Ok(false),
            _ => Err(serde::de::Error::custom("neither yes nor no")),
        },
    }
}
