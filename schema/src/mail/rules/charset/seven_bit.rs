//! Charsets that write everything in 7-bit signs. The library refuses them because web pages were attacked with
//! them; a mail's text is escaped before it is shown, so here they are only text.

use encoding_rs::{EUC_KR, GB18030};

/// UTF-7 (RFC 2152): `+` opens a run of base64 over UTF-16, which ends at the first sign outside the alphabet.
pub(super) fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = rest.iter().position(|byte| *byte == b'+') {
        out.push_str(&String::from_utf8_lossy(&rest[..plus]));
        let run = &rest[plus + 1..];
        let length = run.iter().take_while(|byte| digit(**byte).is_some()).count();
        rest = &run[length..];
        let is_closed = rest.first() == Some(&b'-');
        match length {
            0 => out.push('+'),
            _ => out.push_str(&utf16(&run[..length])),
        }
        rest = if is_closed { &rest[1..] } else { rest };
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The bits that are left over at the end are padding.
fn utf16(run: &[u8]) -> String {
    let (mut buffer, mut bits) = (0_u32, 0);
    let mut units = Vec::with_capacity(run.len() * 6 / 16);
    for value in run.iter().filter_map(|byte| digit(*byte)) {
        buffer = buffer << 6 | value;
        bits += 6;
        if bits >= 16 {
            bits -= 16;
            units.push((buffer >> bits & 0xFFFF) as u16);
        }
        buffer &= (1 << bits) - 1;
    }
    String::from_utf16_lossy(&units)
}

/// HZ (RFC 1843): `~{` and `~}` stand around GB 2312 without its high bits, `~~` is a tilde.
pub(super) fn hz(bytes: &[u8]) -> String {
    let mut plain = Vec::with_capacity(bytes.len());
    let (mut at, mut is_chinese) = (0, false);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match (byte, bytes.get(at)) {
            (b'~', Some(b'{')) => is_chinese = true,
            (b'~', Some(b'}')) => is_chinese = false,
            (b'~', Some(b'~')) if !is_chinese => plain.push(b'~'),
            (b'~', Some(b'\n')) => {}
            (b'\n', _) => {
                is_chinese = false;
                plain.push(b'\n');
                continue;
            }
            _ => {
                plain.push(if is_chinese { byte | 0x80 } else { *byte });
                continue;
            }
        }
        at += 1;
    }
    GB18030.decode_without_bom_handling(&plain).0.into_owned()
}

/// ISO-2022-KR (RFC 1557): shift-out and shift-in stand around KS C 5601 without its high bits.
pub(super) fn iso_2022_kr(bytes: &[u8]) -> String {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_korean = false;
    for byte in bytes {
        match byte {
            0x0E => is_korean = true,
            0x0F => is_korean = false,
            0x21..=0x7E if is_korean => plain.push(byte | 0x80),
            _ => plain.push(*byte),
        }
    }
    let text = EUC_KR.decode_without_bom_handling(&plain).0.into_owned();
    text.replace("\u{1B}$)C", "")
}
