//! TNEF: the package `winmail.dat` in which Exchange and Outlook send what other programs cannot read.
//!
//! A package is a list of attributes: of the message first, then of each file. Newer programs put nearly all of it
//! into lists of MAPI properties inside an attribute. What is taken out: text, HTML (also from inside RTF) and
//! files, those of embedded messages as well. Every length is checked and every count bounded; a package that ends
//! too early gives what came before.
//!
//! | file | what it reads |
//! |---|---|
//! | `stream` | numbers and pieces of bytes |
//! | `mapi` | lists of properties |
//! | `lzfu`, `rtf` | compressed RTF → text or HTML |
//!
//! Source: the published specifications MS-OXTNEF, MS-OXRTFCP and MS-OXRTFEX.

mod lzfu;
mod mapi;
mod rtf;
mod stream;

use super::charset;
use super::identity::clean_message_id;
use super::mime::{Attachment, names};
use mapi::{Property, Value};
use stream::Stream;

const SIGNATURE: u32 = 0x223E_9F78;
/// Messages inside messages that are opened.
const DEPTH_MAX: usize = 3;
/// Files of one package, those of embedded messages included.
const FILES_MAX: usize = 500;

/// Bytes of one text.
const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Attributes that are read, by type and name.
mod attribute {
    pub(super) const SUBJECT: u32 = 0x0001_8004;
    pub(super) const BODY: u32 = 0x0002_800C;
    pub(super) const FILE_DATA: u32 = 0x0006_800F;
    pub(super) const FILE_TITLE: u32 = 0x0001_8010;
    pub(super) const FILE_BEGIN: u32 = 0x0006_9002;
    pub(super) const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
    pub(super) const FILE_PROPERTIES: u32 = 0x0006_9005;
    pub(super) const CODE_PAGE: u32 = 0x0006_9007;
}

/// What was in a package.
#[derive(Debug, Default)]
pub(super) struct Packed {
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
    pub(super) attachments: Vec<Attachment>,
    /// Nothing was cut off or unreadable.
    pub(super) is_whole: bool,
    subject: String,
}

/// Opens a package; `None` when it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Packed> {
    let packed = open(bytes, 0)?;
    let is_empty = packed.plain.is_none() && packed.html.is_none() && packed.attachments.is_empty();
    // Many programs pack nothing but formatting; an unreadable package is worth keeping.
    (packed.is_whole || !is_empty).then_some(packed)
}

fn open(bytes: &[u8], depth: usize) -> Option<Packed> {
    let mut stream = Stream::of(bytes);
    if stream.u32()? != SIGNATURE {
        return None;
    }
    stream.u16()?;
    let mut reader = Reader { depth, label: String::new(), packed: Packed::default(), file: None };
    reader.packed.is_whole = true;
    while !stream.is_at_end() {
        if reader.attribute(&mut stream).is_none() {
            reader.packed.is_whole = false;
            break;
        }
    }
    reader.end_file();
    Some(reader.packed)
}

/// A file while its attributes are read.
#[derive(Default)]
struct File {
    name: String,
    /// A long name beats a short one.
    is_long: bool,
    media_type: Option<String>,
    content_id: Option<String>,
    content: Vec<u8>,
    message: Option<Packed>,
}

struct Reader {
    depth: usize,
    /// The charset of strings that are not Unicode.
    label: String,
    packed: Packed,
    file: Option<File>,
}

impl Reader {
    /// Level, id, length, data and a checksum, which broken writers get wrong and nobody needs.
    fn attribute(&mut self, stream: &mut Stream<'_>) -> Option<()> {
        stream.u8()?;
        let id = stream.u32()?;
        let length = stream.u32()? as usize;
        let data = stream.take(length)?;
        match id {
            attribute::CODE_PAGE => self.label = label(Stream::of(data).u32().unwrap_or_default()),
            attribute::SUBJECT => self.packed.subject = self.string(data),
            attribute::BODY => self.set_plain(self.string(data)),
            attribute::MESSAGE_PROPERTIES => self.message(&mapi::read(data)),
            attribute::FILE_BEGIN => {
                self.end_file();
                self.file = Some(File::default());
            }
            attribute::FILE_TITLE => {
                let name = self.string(data);
                let file = self.file.get_or_insert_default();
                if !file.is_long {
                    file.name = name;
                }
            }
            attribute::FILE_DATA => self.file.get_or_insert_default().content = data.to_vec(),
            attribute::FILE_PROPERTIES => self.file_properties(&mapi::read(data)),
            _ => {}
        }
        // The checksum of the last attribute is sometimes missing.
        stream.take(2.min(stream.left()))?;
        Some(())
    }

    fn string(&self, data: &[u8]) -> String {
        let data = &data[..data.len().min(TEXT_BYTES_MAX)];
        let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
        charset::decode(&data[..end], Some(&self.label))
    }

    fn text(&self, value: &Value<'_>) -> String {
        match value {
            Value::String(data) => self.string(data),
            Value::Unicode(text) => text.clone(),
            Value::Bytes(data) => self.string(data),
            Value::Number(_) => String::new(),
        }
    }

    fn set_plain(&mut self, text: String) {
        if !text.trim().is_empty() {
            self.packed.plain = Some(text.replace("\r\n", "\n").replace('\r', "\n"));
        }
    }

    fn message(&mut self, properties: &[Property<'_>]) {
        let find = |id| properties.iter().find(|property| property.id == id).map(|property| &property.value);
        if let Some(Value::Number(page)) = find(mapi::id::CODE_PAGE)
            && self.label.is_empty()
        {
            self.label = label(*page);
        }
        if let Some(value) = find(mapi::id::SUBJECT) {
            self.packed.subject = self.text(value);
        }
        if let Some(value) = find(mapi::id::BODY) {
            self.set_plain(self.text(value));
        }
        let page = match find(mapi::id::HTML_CODE_PAGE) {
            Some(Value::Number(page)) => label(*page),
            _ => self.label.clone(),
        };
        match find(mapi::id::BODY_HTML) {
            Some(Value::Bytes(data) | Value::String(data)) => {
                self.packed.html = Some(charset::decode(data, Some(&page)));
            }
            Some(Value::Unicode(text)) => self.packed.html = Some(text.clone()),
            _ => {}
        }
        if let Some(Value::Bytes(data)) = find(mapi::id::RTF)
            && self.packed.html.is_none()
        {
            self.rich_text(data);
        }
    }

    fn rich_text(&mut self, data: &[u8]) {
        match lzfu::decompressed(data).map(|source| rtf::read(&source)) {
            Some(rtf::Text::Html(html)) => self.packed.html = Some(html),
            Some(rtf::Text::Plain(plain)) if self.packed.plain.is_none() => self.set_plain(plain),
            _ => {}
        }
    }

    fn file_properties(&mut self, properties: &[Property<'_>]) {
        for property in properties {
            // The file itself may be large: it is no text.
            let text = match property.id {
                mapi::id::DATA => String::new(),
                _ => self.text(&property.value),
            };
            let embedded = self.embedded(property);
            let file = self.file.get_or_insert_default();
            match property.id {
                mapi::id::LONG_NAME if !text.is_empty() => {
                    file.name = text;
                    file.is_long = true;
                }
                mapi::id::NAME | mapi::id::DISPLAY_NAME if file.name.is_empty() => file.name = text,
                mapi::id::MEDIA_TYPE => file.media_type = Some(text).filter(|text| text.contains('/')),
                mapi::id::CONTENT_ID => file.content_id = clean_message_id(text.as_bytes()),
                mapi::id::DATA => match (embedded, &property.value) {
                    (Some(message), _) => file.message = Some(message),
                    (None, Value::Bytes(data)) if file.content.is_empty() => file.content = data.to_vec(),
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// A message inside the message: the id of its interface, then a package of its own.
    fn embedded(&self, property: &Property<'_>) -> Option<Packed> {
        let Value::Bytes(data) = property.value else { return None };
        let is_wanted = property.id == mapi::id::DATA && self.depth < DEPTH_MAX;
        is_wanted.then(|| open(data.get(16..)?, self.depth + 1)).flatten()
    }

    fn end_file(&mut self) {
        let Some(file) = self.file.take() else { return };
        if self.packed.attachments.len() >= FILES_MAX {
            self.packed.is_whole = false;
            return;
        }
        match file.message {
            Some(message) => self.add_message(message, &file.name),
            None if file.content.is_empty() && (file.name.is_empty() || !self.packed.is_whole) => {}
            None => self.packed.attachments.push(file.into_attachment()),
        }
    }

    /// An embedded message is a text file and its own files.
    fn add_message(&mut self, message: Packed, name: &str) {
        let title = if message.subject.trim().is_empty() { name } else { &message.subject };
        let file = |ending: &str, kind: &str, content: String| File {
            name: format!("{}.{ending}", if title.trim().is_empty() { "ileti" } else { title }),
            media_type: Some(kind.to_owned()),
            content: content.into_bytes(),
            ..File::default()
        };
        let text = match (message.plain, message.html) {
            (Some(plain), _) => Some(file("txt", "text/plain", plain)),
            (None, Some(html)) => Some(file("html", "text/html", html)),
            (None, None) => None,
        };
        // An appointment or a contact has no text of its own: then the package stays.
        self.packed.is_whole &= message.is_whole && (text.is_some() || !message.attachments.is_empty());
        self.packed.attachments.extend(text.map(File::into_attachment));
        self.packed.attachments.extend(message.attachments);
        self.packed.attachments.truncate(FILES_MAX);
    }
}

impl File {
    fn into_attachment(self) -> Attachment {
        let media_type = self.media_type.map(|kind| super::address::clean_header(&kind).to_ascii_lowercase());
        let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        let name = names::clean_file_name(&self.name);
        Attachment {
            file_name: if name.is_empty() { names::default_name(&media_type, &self.content) } else { name },
            media_type,
            content: self.content.into(),
            is_inline: self.content_id.is_some(),
            content_id: self.content_id,
        }
    }
}

/// The charset of a Windows code page.
fn label(page: u32) -> String {
    match page {
        0 => String::new(),
        65001 => "utf-8".to_owned(),
        1200 => "utf-16le".to_owned(),
        20127 => "us-ascii".to_owned(),
        28591..=28605 => format!("iso-8859-{}", page - 28590),
        20866 => "koi8-r".to_owned(),
        50220..=50222 => "iso-2022-jp".to_owned(),
        51949 => "euc-kr".to_owned(),
        54936 => "gb18030".to_owned(),
        page => format!("cp{page}"),
    }
}

#[cfg(test)]
mod tests;
