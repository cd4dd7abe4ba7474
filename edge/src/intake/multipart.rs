//! Multipart bodies: texts into memory, files into the inbox, one part at a time.

use axum::body::Body;
use axum::http::header;
use bytes::Bytes;
use multer::{Field, Multipart};
use schema::files::rules::{Refusal, Sampler, display_name};
use tokio::sync::OwnedSemaphorePermit;

use super::body::{Claims, Metered};
use super::disposition::{Disposition, parameter};
use super::error::DecodeError;
use super::fields::Intake;
use super::file::Upload;
use super::inbox::{Inbox, Writer};
use super::options::{Options, Oversize};

const BOUNDARY_BYTES_MAX: usize = 200;

/// Adds the parts of `body` to `intake`. What was added stays there on an error, for the caller to discard.
pub(super) async fn read(
    body: Body,
    media_type: &str,
    options: &Options<'_>,
    inbox: Option<&Inbox>,
    intake: &mut Intake,
) -> Result<(), DecodeError> {
    let boundary = boundary(media_type)?;
    let room = match inbox {
        Some(inbox) => inbox.room().await,
        None => None,
    };
    let (metered, claims) = Metered::new(body, options.pace);
    let mut multipart = Multipart::new(metered, boundary);
    let mut reader = Reader { options, inbox, room, claims, intake, parts: 0, files: 0, text_bytes: 0 };
    while let Some(part) = multipart.next_field().await? {
        reader.take(part).await?;
        if reader.intake.cut {
            break;
        }
    }
    Ok(())
}

fn boundary(media_type: &str) -> Result<String, DecodeError> {
    let boundary = parameter(media_type, "boundary").filter(|boundary| !boundary.is_empty());
    let valid = |b: &String| b.len() <= BOUNDARY_BYTES_MAX && b.bytes().all(|c| matches!(c, b' '..=b'~'));
    match boundary {
        Some(boundary) if valid(&boundary) => Ok(boundary),
        Some(other) => Err(DecodeError::Boundary(Some(other.chars().take(BOUNDARY_BYTES_MAX).collect()))),
        None => Err(DecodeError::Boundary(None)),
    }
}

struct Reader<'a> {
    options: &'a Options<'a>,
    inbox: Option<&'a Inbox>,
    /// For the first file.
    room: Option<OwnedSemaphorePermit>,
    claims: Claims,
    intake: &'a mut Intake,
    parts: usize,
    files: usize,
    text_bytes: usize,
}

impl Reader<'_> {
    /// A part without a name is skipped, and so is a file input in which nothing was chosen.
    async fn take(&mut self, part: Field<'_>) -> Result<(), DecodeError> {
        self.parts += 1;
        if self.parts > self.options.fields_max {
            return Err(DecodeError::TooManyFields { max: self.options.fields_max });
        }
        let disposition = part.headers().get(header::CONTENT_DISPOSITION);
        let disposition = disposition.map(|value| Disposition::parse(value.as_bytes())).unwrap_or_default();
        match (disposition.name, disposition.file_name) {
            (Some(name), None) => self.take_text(part, name).await,
            (Some(name), Some(file_name)) if !file_name.is_empty() => {
                self.take_file(part, name, &file_name).await
            }
            _ => self.skip_part(part).await,
        }
    }

    async fn skip_part(&mut self, mut part: Field<'_>) -> Result<(), DecodeError> {
        while let Some(chunk) = self.next(&mut part).await? {
            self.count_text(chunk.len())?;
        }
        Ok(())
    }

    async fn take_text(&mut self, mut part: Field<'_>, name: String) -> Result<(), DecodeError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.next(&mut part).await? {
            bytes.extend_from_slice(&chunk);
            self.count_text(chunk.len())?;
            if bytes.len() > self.options.text_bytes_max {
                return Err(DecodeError::TextTooLong { field: name, max: self.options.text_bytes_max });
            }
        }
        self.intake.put_text(&name, String::from_utf8_lossy(&bytes).into_owned(), self.options);
        Ok(())
    }

    async fn take_file(&mut self, mut part: Field<'_>, name: String, sent: &str) -> Result<(), DecodeError> {
        self.files += 1;
        let full = self.files > self.options.files_max;
        let Some(inbox) = self.inbox.filter(|_| !full) else {
            return Err(DecodeError::TooManyFiles { max: self.inbox.map_or(0, |_| self.options.files_max) });
        };
        let mut upload = begin(&part, name, sent);
        if self.options.oversize == Oversize::Refuse {
            self.options.policy.check_declared(Some(&upload.declared_type)).map_err(DecodeError::File)?;
        }
        let room = if self.files == 1 { self.room.take() } else { inbox.room().await };
        let mut writer = inbox.open(room).await?;
        match self.fill(&mut part, &mut upload, &mut writer).await {
            Ok(true) if upload.size_bytes > 0 => upload.stored = Some(writer.finish().await?),
            Ok(true) => {}
            Ok(false) => writer.abort().await,
            Err(error) => {
                writer.abort().await;
                return Err(error);
            }
        }
        if let Some(replaced) = self.intake.put_file(upload, self.options) {
            replaced.discard().await;
        }
        Ok(())
    }

    /// Streams a file into storage; `false` when it is past its limit and nothing of it shall be kept.
    async fn fill(
        &mut self,
        part: &mut Field<'_>,
        upload: &mut Upload,
        writer: &mut Writer,
    ) -> Result<bool, DecodeError> {
        let size_bytes_max = self.options.policy.size_bytes_max;
        let mut sampler = Sampler::default();
        while let Some(chunk) = self.next(part).await? {
            sampler.push(&chunk);
            upload.size_bytes = sampler.size_bytes();
            if upload.size_bytes > size_bytes_max {
                self.skip(part, size_bytes_max).await?;
                return Ok(false);
            }
            writer.write(&chunk).await?;
        }
        upload.kind = sampler.kind();
        Ok(true)
    }

    /// Reads past the rest of an oversized file, up to as much again as was allowed.
    async fn skip(&mut self, part: &mut Field<'_>, size_bytes_max: u64) -> Result<(), DecodeError> {
        if self.options.oversize == Oversize::Refuse {
            return Err(DecodeError::File(Refusal::TooLarge { size_bytes_max }));
        }
        let mut skipped: u64 = 0;
        while let Some(chunk) = self.next(part).await? {
            skipped += chunk.len() as u64;
            if skipped > size_bytes_max {
                self.intake.cut = true;
                return Ok(());
            }
        }
        Ok(())
    }

    fn count_text(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.text_bytes += bytes;
        if self.text_bytes > self.options.body_bytes_max {
            return Err(DecodeError::BodyTooLarge { max: self.options.body_bytes_max });
        }
        Ok(())
    }

    async fn next(&self, part: &mut Field<'_>) -> Result<Option<Bytes>, DecodeError> {
        let chunk = part.chunk().await?;
        self.claims.claim(chunk.as_ref().map_or(0, Bytes::len));
        Ok(chunk)
    }
}

fn begin(part: &Field<'_>, field: String, sent: &str) -> Upload {
    let declared = part.headers().get(header::CONTENT_TYPE);
    let declared = declared.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Upload {
        field,
        file_name: display_name(sent),
        declared_type: declared.unwrap_or_default(),
        size_bytes: 0,
        kind: None,
        stored: None,
    }
}
