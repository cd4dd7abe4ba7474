//! The five kinds of file AsistTR keeps, and how each is declared, named and recognised.

/// A kind of file whose content can be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    Jpeg,
    Png,
    Pdf,
    Doc,
    Docx,
}

impl FileKind {
    /// The kind a client declares with a media type. Case, parameters and surrounding blanks do not matter
    /// (B12-38); `image/jpg` is a common misspelling of `image/jpeg` and counts as it.
    pub fn from_declared(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "image/jpeg" | "image/jpg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            "application/pdf" => Some(Self::Pdf),
            "application/msword" => Some(Self::Doc),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Some(Self::Docx),
            _ => None,
        }
    }

    /// The kind whose magic bytes open `head` (B19-07). A zip container is left to the caller: whether it is a
    /// DOCX is written in its directory, not in its first bytes.
    pub(super) fn from_magic(head: &[u8]) -> Option<Self> {
        let magics: [(&[u8], Self); 4] = [
            (b"\xFF\xD8\xFF", Self::Jpeg),
            (b"\x89PNG\r\n\x1A\n", Self::Png),
            (b"%PDF", Self::Pdf),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Self::Doc),
        ];
        magics.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| kind)
    }

    /// The media type to store and to answer downloads with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    /// The extension a stored name gets, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
            Self::Doc => "doc",
            Self::Docx => "docx",
        }
    }

    /// Whether a client may use `extension` (lower case, without the dot) for this kind.
    pub fn owns_extension(self, extension: &str) -> bool {
        extension == self.extension() || (self == Self::Jpeg && extension == "jpeg")
    }

    /// Whether a browser may show it in place; everything else is sent as an attachment (B19-15).
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }
}
