//! Little-endian numbers and pieces of bytes, none of which reaches beyond the end.

/// Bytes with a place in them.
pub(super) struct Stream<'a> {
    rest: &'a [u8],
}

impl<'a> Stream<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Stream<'a> {
        Stream { rest: bytes }
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (piece, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(piece)
    }

    /// Pieces are filled up to a multiple of four; the last filling may be missing.
    pub(super) fn take_padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let piece = self.take(length)?;
        let padding = length.next_multiple_of(4) - length;
        self.take(padding.min(self.rest.len()))?;
        Some(piece)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Nothing follows but what cannot begin an attribute: some writers leave stray bytes behind.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.len() < 9 && !matches!(self.rest.first(), Some(1 | 2))
    }
}
