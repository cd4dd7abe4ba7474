//! Which files are accepted, how their content is recognised and what they are called in storage.
//!
//! Pure: bytes and names come in as arguments. A file passes when its declared type is allowed, its size is within
//! the limit, its extension belongs to the type and its content carries the type's magic bytes.
//!
//! ```text
//! let mut sampler = Sampler::default();            // while the body streams by
//! sampler.push(chunk);
//! let facts = Facts { file_name, declared: Some("application/pdf"), size_bytes, found: sampler.kind() };
//! let kind = Policy::support_form().check(&facts)?; // Refusal says why not, in Turkish
//! ```

mod docx;
mod kind;
mod name;
mod policy;
mod sampler;

#[cfg(test)]
mod tests;

pub use kind::FileKind;
pub use name::{base_name, clash_suffix, display_name, extension, stored_path, upload_name};
pub use policy::{Extension, Facts, Order, Policy, Refusal};
pub use sampler::Sampler;

/// Largest attachment of the support form, in bytes, inclusive (B12-27).
pub const SUPPORT_FORM_BYTES_MAX: u64 = 5_242_880;
/// Largest upload of tickets, chats and mails, in bytes, inclusive (B19-01).
pub const UPLOAD_BYTES_MAX: u64 = 10_485_760;
