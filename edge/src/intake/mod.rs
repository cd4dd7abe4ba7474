//! Takes a request's body in: JSON, URL-encoded or multipart becomes named values plus files in the object store.
//!
//! It is not validation: what a value may say is decided by the rules in `schema`. It is the place where a body is
//! bounded (bytes, fields, depth, time), where operator keys are dropped (B22-25), where a repeated field keeps its
//! last value (B22-26), and where large files stream into storage without ever standing in memory as a whole.
//!
//! ```text
//! let inbox = Inbox::new(store);                                     // once, in the state
//! let mut intake = decode(request, &Options::support_form(), Some(&inbox)).await
//!     .map_err(|error| support_answer(&error, language))?;           // or native_answer(&error, language)
//! let form = support_form(&intake, language)?;                       // rules; Err is the field map
//! let stored = intake.take_file("attachment").and_then(|upload| upload.stored);
//! … one transaction … stored.move_to(&path).await?                   // or drop it, and the bytes are deleted
//! ```
//!
//! A body that is refused, a handler that fails later and a client that goes away all end the same: what was stored
//! under `incoming/` is deleted when its [`Stored`] is dropped. Only a killed process leaves something behind, there
//! or at a final key that no row names, for the upkeep job to sweep.

mod answer;
mod body;
mod decode;
mod disposition;
mod error;
mod fields;
mod file;
mod folder;
mod form;
mod inbox;
mod json;
mod multipart;
mod options;
mod stored;
mod support;

#[cfg(test)]
mod tests;

pub use answer::{native_answer, status, support_answer};
pub use decode::decode;
pub use error::DecodeError;
pub use fields::Intake;
pub use file::Upload;
pub use inbox::Inbox;
pub use options::{Options, Oversize, Pace};
pub use stored::Stored;
pub use support::{support_form, support_input};
