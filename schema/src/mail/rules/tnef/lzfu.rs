//! Compressed RTF (MS-OXRTFCP): literals, and references into the last 4096 bytes.

use super::stream::Stream;

/// Bytes of decompressed text; a reference of two bytes stands for up to seventeen.
const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
const WINDOW: usize = 4096;
const COMPRESSED: u32 = 0x7546_5A4C;
const STORED: u32 = 0x414C_454D;

/// What the window holds at the start, as the specification gives it.
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\
\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// `None` when the header is wrong; otherwise all that could be decompressed.
pub(super) fn decompressed(data: &[u8]) -> Option<Vec<u8>> {
    let mut stream = Stream::of(data);
    stream.u32()?;
    let size = stream.u32()? as usize;
    let kind = stream.u32()?;
    stream.u32()?;
    let rest = stream.take(stream.left())?;
    match kind {
        STORED => Some(rest[..size.min(rest.len())].to_vec()),
        COMPRESSED => Some(inflated(rest, size.min(TEXT_BYTES_MAX))),
        _ => None,
    }
}

fn inflated(data: &[u8], size: usize) -> Vec<u8> {
    let mut window = [0_u8; WINDOW];
    window[..START.len()].copy_from_slice(START);
    let mut at = START.len();
    let mut out = Vec::with_capacity(size.min(data.len() * 4));
    let mut bytes = data.iter().copied();
    let mut put = |byte: u8, out: &mut Vec<u8>, window: &mut [u8; WINDOW]| {
        out.push(byte);
        window[at] = byte;
        at = (at + 1) % WINDOW;
        at
    };
    let mut place = START.len();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if out.len() >= size {
                return out;
            }
            let Some(first) = bytes.next() else { return out };
            if control >> bit & 1 == 0 {
                place = put(first, &mut out, &mut window);
                continue;
            }
            let Some(second) = bytes.next() else { return out };
            let reference = usize::from(first) << 8 | usize::from(second);
            let (from, length) = (reference >> 4, (reference & 0xF) + 2);
            if from == place {
                return out;
            }
            for step in 0..length {
                let byte = window[(from + step) % WINDOW];
                place = put(byte, &mut out, &mut window);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_has_the_length_the_specification_gives() {
        assert_eq!(START.len(), 207);
    }

    #[test]
    fn literals_and_references_are_put_together() {
        // The header, then: `{\rtf1` as a reference into the window, a literal `}`, and the end.
        let mut data = vec![0; 16];
        data[4] = 100;
        data[8..12].copy_from_slice(&COMPRESSED.to_le_bytes());
        let end = u16::try_from(207 + 6 + 1).unwrap() << 4;
        data.push(0b101);
        data.extend([0x00, 0x04, b'}']);
        data.extend(end.to_be_bytes());
        assert_eq!(decompressed(&data).unwrap(), b"{\\rtf1}");
        data[8..12].copy_from_slice(&STORED.to_le_bytes());
        assert_eq!(decompressed(&data).unwrap().len(), 6);
        data[8] = 0;
        assert_eq!(decompressed(&data), None);
        assert_eq!(decompressed(&data[..10]), None);
    }
}
