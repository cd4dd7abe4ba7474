//! How much of a stranger's mail is looked at.

/// Bounds of one message, over all its parts. The defaults hold for every mail the desk reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the whole message.
    pub size_bytes_max: usize,
    /// Multiparts inside multiparts. Real mail has three or four.
    pub depth_max: usize,
    /// Boundary lines.
    pub parts_max: usize,
    /// Header lines and bytes of headers.
    pub header_lines_max: usize,
    pub header_bytes_max: usize,
}

/// Bytes of one message. The mailbox reader refuses larger ones before it fetches them.
pub const SIZE_BYTES_MAX: usize = 50 * 1024 * 1024;

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            size_bytes_max: SIZE_BYTES_MAX,
            depth_max: 30,
            parts_max: 1_000,
            header_lines_max: 10_000,
            header_bytes_max: 1024 * 1024,
        }
    }
}
