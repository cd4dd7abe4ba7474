//! Lists of MAPI properties.

use super::stream::Stream;

/// Properties of one list, and values of one property.
const PROPERTIES_MAX: u32 = 5_000;
const VALUES_MAX: u32 = 1_000;

/// The properties that are read.
pub(super) mod id {
    pub(in super::super) const SUBJECT: u16 = 0x0037;
    pub(in super::super) const BODY: u16 = 0x1000;
    pub(in super::super) const RTF: u16 = 0x1009;
    pub(in super::super) const BODY_HTML: u16 = 0x1013;
    pub(in super::super) const DISPLAY_NAME: u16 = 0x3001;
    pub(in super::super) const DATA: u16 = 0x3701;
    pub(in super::super) const NAME: u16 = 0x3704;
    pub(in super::super) const LONG_NAME: u16 = 0x3707;
    pub(in super::super) const MEDIA_TYPE: u16 = 0x370E;
    pub(in super::super) const CONTENT_ID: u16 = 0x3712;
    pub(in super::super) const HTML_CODE_PAGE: u16 = 0x3FDE;
    pub(in super::super) const CODE_PAGE: u16 = 0x3FFD;
}

/// The first value of a property.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Number(u32),
    String(&'a [u8]),
    Unicode(String),
    Bytes(&'a [u8]),
}

#[derive(Debug)]
pub(super) struct Property<'a> {
    pub(super) id: u16,
    pub(super) value: Value<'a>,
}

/// All that can be read; the list ends where it breaks off.
pub(super) fn read(bytes: &[u8]) -> Vec<Property<'_>> {
    let mut stream = Stream::of(bytes);
    let count = stream.u32().unwrap_or_default().min(PROPERTIES_MAX);
    let mut properties = Vec::new();
    for _ in 0..count {
        match property(&mut stream) {
            Some(Some(property)) => properties.push(property),
            Some(None) => {}
            None => break,
        }
    }
    properties
}

/// `Some(None)` for one that was read and is of no use.
fn property<'a>(stream: &mut Stream<'a>) -> Option<Option<Property<'a>>> {
    let kind = stream.u16()?;
    let id = stream.u16()?;
    if id >= 0x8000 {
        skip_name(stream)?;
    }
    let is_many = kind & 0x1000 != 0;
    let kind = kind & 0x0FFF;
    let is_sized = matches!(kind, 0x0D | 0x1E | 0x1F | 0x102);
    let count = if is_many || is_sized { stream.u32()?.min(VALUES_MAX) } else { 1 };
    let mut first = None;
    for _ in 0..count {
        let value = value(stream, kind)?;
        first = first.or(value);
    }
    Some(first.map(|value| Property { id, value }))
}

/// A property of somebody's own: whose, and its number or its name.
fn skip_name(stream: &mut Stream<'_>) -> Option<()> {
    stream.take(16)?;
    match stream.u32()? {
        0 => stream.u32().map(|_| ()),
        _ => {
            let length = stream.u32()? as usize;
            stream.take_padded(length).map(|_| ())
        }
    }
}

fn value<'a>(stream: &mut Stream<'a>, kind: u16) -> Option<Option<Value<'a>>> {
    let value = match kind {
        0x02 | 0x03 | 0x0A | 0x0B => Value::Number(stream.u32()?),
        0x04 => {
            stream.take(4)?;
            return Some(None);
        }
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => {
            stream.take(8)?;
            return Some(None);
        }
        0x48 => {
            stream.take(16)?;
            return Some(None);
        }
        0x01 => return Some(None),
        _ => sized(stream, kind)?,
    };
    Some(Some(value))
}

fn sized<'a>(stream: &mut Stream<'a>, kind: u16) -> Option<Value<'a>> {
    let length = stream.u32()? as usize;
    let data = stream.take_padded(length)?;
    match kind {
        0x1E => Some(Value::String(data)),
        0x1F => Some(Value::Unicode(utf16(data))),
        0x0D | 0x102 => Some(Value::Bytes(data)),
        _ => None,
    }
}

fn utf16(data: &[u8]) -> String {
    let data = &data[..data.len().min(super::TEXT_BYTES_MAX)];
    let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(data);
    text.trim_end_matches('\0').to_owned()
}
