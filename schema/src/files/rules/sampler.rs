//! Looks at a file while it streams by and keeps just enough of it to say what it is.
//!
//! The first 8 KiB decide for every kind but DOCX. A zip names its entries at its end, so for a zip the last
//! 128 KiB are kept too. Nothing else is held, however large the file.

use super::docx;
use super::kind::FileKind;

const HEAD_BYTES_MAX: usize = 8 * 1024;
const TAIL_BYTES_MAX: usize = 128 * 1024;
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

/// Collects the head, the size and, for a zip, the tail of one file.
#[derive(Debug, Clone, Default)]
pub struct Sampler {
    head: Vec<u8>,
    tail: Vec<u8>,
    size_bytes: u64,
}

impl Sampler {
    /// Takes the next bytes of the file, in order. Chunks may have any size.
    pub fn push(&mut self, chunk: &[u8]) {
        self.size_bytes += chunk.len() as u64;
        let room = HEAD_BYTES_MAX - self.head.len();
        let (head, rest) = chunk.split_at(room.min(chunk.len()));
        self.head.extend_from_slice(head);
        if self.head.starts_with(ZIP_MAGIC) {
            self.push_tail(rest);
        }
    }

    /// Bytes seen so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// What the content is, once the whole file went by; `None` for everything AsistTR does not keep.
    pub fn kind(&self) -> Option<FileKind> {
        if !self.head.starts_with(ZIP_MAGIC) {
            return FileKind::from_magic(&self.head);
        }
        docx::is_docx(&self.head, &self.end(), self.size_bytes).then_some(FileKind::Docx)
    }

    /// The tail may grow to twice its size before it is cut, so that small chunks do not move it every time.
    fn push_tail(&mut self, chunk: &[u8]) {
        if chunk.len() >= TAIL_BYTES_MAX {
            self.tail.clear();
        }
        self.tail.extend_from_slice(&chunk[chunk.len().saturating_sub(TAIL_BYTES_MAX)..]);
        if self.tail.len() > 2 * TAIL_BYTES_MAX {
            self.tail.drain(..self.tail.len() - TAIL_BYTES_MAX);
        }
    }

    /// The last bytes of the file. The head is part of them as long as nothing between the two was dropped.
    fn end(&self) -> Vec<u8> {
        let unbroken = (self.head.len() + self.tail.len()) as u64 == self.size_bytes;
        let head: &[u8] = if unbroken { &self.head } else { &[] };
        [head, &self.tail].concat()
    }
}
