//! URL-encoded bodies.

use super::error::DecodeError;
use super::fields::Intake;
use super::options::Options;

/// Adds the pairs in `bytes` in order. Broken escapes and bytes that are not UTF-8 become replacement characters.
pub(super) fn read(bytes: &[u8], options: &Options<'_>, intake: &mut Intake) -> Result<(), DecodeError> {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    if pairs.take(options.fields_max + 1).count() > options.fields_max {
        return Err(DecodeError::TooManyFields { max: options.fields_max });
    }
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(bytes).map_err(|cause| DecodeError::Multipart(cause.to_string()))?;
    for (name, text) in pairs {
        if text.len() > options.text_bytes_max {
            return Err(DecodeError::TextTooLong { field: name, max: options.text_bytes_max });
        }
        intake.put_text(&name, text, options);
    }
    Ok(())
}
