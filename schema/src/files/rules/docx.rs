//! Tells a Word document from any other zip by the names of its entries; nothing is ever unpacked.
//!
//! The central directory at the end of the file is what readers of zips believe, so it decides when it is there.
//! Only a file without one (cut short, or with a directory beyond the kept bytes) is judged by the local headers
//! at its start. Layout: APPNOTE.TXT 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (end record).

const LOCAL_MAGIC: &[u8] = b"PK\x03\x04";
const ENTRY_MAGIC: &[u8] = b"PK\x01\x02";
const END_MAGIC: &[u8] = b"PK\x05\x06";
const LOCAL_BYTES: usize = 30;
const ENTRY_BYTES: usize = 46;
const END_BYTES: usize = 22;
const ENTRIES_MAX: usize = 4096;
/// General purpose bit 3: sizes follow the data, so the next local header cannot be found.
const SIZES_FOLLOW: u16 = 1 << 3;

/// Whether a zip of `size_bytes` bytes, beginning with `head` and ending with `end`, is a Word document.
pub(super) fn is_docx(head: &[u8], end: &[u8], size_bytes: u64) -> bool {
    match directory(end, size_bytes) {
        Some(directory) => names_a_document(DirectoryNames(directory)),
        None => names_a_document(LocalNames(head)),
    }
}

fn names_a_document<'a>(names: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut types, mut word) = (false, false);
    for name in names.take(ENTRIES_MAX) {
        types |= name == b"[Content_Types].xml";
        word |= name.starts_with(b"word/");
    }
    types && word
}

/// The bytes from the first directory entry on, or `None` when there is no end record or it points outside `end`.
fn directory(end: &[u8], size_bytes: u64) -> Option<&[u8]> {
    let at = (0..=end.len().checked_sub(END_BYTES)?).rev().find(|at| end[*at..].starts_with(END_MAGIC))?;
    let offset = u64::from(u32_at(end, at + 16)?);
    let dropped = size_bytes.checked_sub(end.len() as u64)?;
    let start = usize::try_from(offset.checked_sub(dropped)?).ok()?;
    end.get(start..at)
}

struct DirectoryNames<'a>(&'a [u8]);

impl<'a> Iterator for DirectoryNames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let entry = self.0;
        if !entry.starts_with(ENTRY_MAGIC) {
            return None;
        }
        let name_end = ENTRY_BYTES + usize::from(u16_at(entry, 28)?);
        let next = name_end + usize::from(u16_at(entry, 30)?) + usize::from(u16_at(entry, 32)?);
        let name = entry.get(ENTRY_BYTES..name_end)?;
        self.0 = entry.get(next..).unwrap_or_default();
        Some(name)
    }
}

struct LocalNames<'a>(&'a [u8]);

impl<'a> Iterator for LocalNames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let entry = self.0;
        if !entry.starts_with(LOCAL_MAGIC) {
            return None;
        }
        let name_end = LOCAL_BYTES + usize::from(u16_at(entry, 26)?);
        let name = entry.get(LOCAL_BYTES..name_end)?;
        self.0 = next_local(entry, name_end).unwrap_or_default();
        Some(name)
    }
}

fn next_local(entry: &[u8], name_end: usize) -> Option<&[u8]> {
    if u16_at(entry, 6)? & SIZES_FOLLOW != 0 {
        return None;
    }
    let data = name_end.checked_add(usize::from(u16_at(entry, 28)?))?;
    let packed = usize::try_from(u32_at(entry, 18)?).ok()?;
    entry.get(data.checked_add(packed)?..)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
