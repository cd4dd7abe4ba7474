//! RTF → text, or the HTML that Outlook hides inside it (MS-OXRTFEX).

use std::collections::HashMap;

use super::super::charset;

/// Groups inside groups that are followed.
const DEPTH_MAX: usize = 200;
/// Bytes of what is read out.
const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
const FONTS_MAX: usize = 1_000;

/// What a document holds.
pub(super) enum Text {
    Plain(String),
    Html(String),
}

pub(super) fn read(source: &[u8]) -> Text {
    let mut reader =
        Reader { is_html: memchr::memmem::find(source, b"\\fromhtml").is_some(), ..Reader::default() };
    reader.run(source);
    reader.flush();
    if reader.is_html { Text::Html(reader.out) } else { Text::Plain(reader.out) }
}

/// What a group changes until it ends.
#[derive(Clone, Copy, Default)]
struct Group {
    /// Nothing in it is text: fonts, colours, pictures.
    is_hidden: bool,
    /// RTF for programs that do not know the HTML.
    is_rtf_only: bool,
    is_html_tag: bool,
    is_font_table: bool,
    font: u32,
    /// Signs after `\u` that old programs show instead.
    fallback: usize,
}

#[derive(Default)]
struct Reader {
    is_html: bool,
    out: String,
    /// Bytes of text in the charset of the font.
    bytes: Vec<u8>,
    groups: Vec<Group>,
    group: Group,
    /// `\*` stood before: an unknown word hides the group.
    is_ignorable: bool,
    skip: usize,
    page: u32,
    fonts: HashMap<u32, u32>,
    /// The first half of a letter beyond the basic plane.
    high: Option<u16>,
}

impl Reader {
    fn run(&mut self, source: &[u8]) {
        self.group.fallback = 1;
        let mut at = 0;
        while let Some(byte) = source.get(at) {
            if self.out.len() > TEXT_BYTES_MAX {
                return;
            }
            at += 1;
            match byte {
                b'{' => self.open(),
                b'}' => self.close(),
                b'\\' => at = self.control(source, at),
                b'\r' | b'\n' => {}
                _ => self.byte(*byte),
            }
        }
    }

    fn open(&mut self) {
        self.flush();
        if self.groups.len() < DEPTH_MAX {
            self.groups.push(self.group);
        }
        self.skip = 0;
    }

    fn close(&mut self) {
        self.flush();
        self.group = self.groups.pop().unwrap_or(self.group);
        self.is_ignorable = false;
        self.skip = 0;
    }

    /// A control word or sign; gives the place after it.
    fn control(&mut self, source: &[u8], at: usize) -> usize {
        let Some(first) = source.get(at) else { return at };
        if !first.is_ascii_alphabetic() {
            return self.sign(source, at, *first);
        }
        let letters = source[at..].iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = &source[at..at + letters];
        let mut end = at + letters;
        let is_negative = source.get(end) == Some(&b'-');
        let digits =
            source[end + usize::from(is_negative)..].iter().take(10).take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        let number = (digits > 0).then(|| {
            let from = end + usize::from(is_negative);
            end = from + digits;
            source[from..end].iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'))
        });
        let number = number.map(|number| if is_negative { -number } else { number });
        end += usize::from(source.get(end) == Some(&b' '));
        self.word(word, number);
        end
    }

    fn sign(&mut self, source: &[u8], at: usize, sign: u8) -> usize {
        match sign {
            b'\'' => {
                let digit = |at: usize| source.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                if let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2)) {
                    self.byte((high << 4 | low) as u8);
                    return at + 3;
                }
            }
            b'*' => self.is_ignorable = true,
            b'~' => self.text("\u{A0}"),
            b'_' => self.text("-"),
            b'\\' | b'{' | b'}' => self.byte(sign),
            b'\r' | b'\n' => self.line(),
            _ => {}
        }
        at + 1
    }

    fn word(&mut self, word: &[u8], number: Option<i64>) {
        let is_ignorable = std::mem::take(&mut self.is_ignorable);
        let value = number.and_then(|number| u32::try_from(number).ok());
        match word {
            b"par" | b"line" | b"row" => self.line(),
            b"tab" | b"cell" => self.text("\t"),
            b"lquote" => self.text("‘"),
            b"rquote" => self.text("’"),
            b"ldblquote" => self.text("“"),
            b"rdblquote" => self.text("”"),
            b"bullet" => self.text("•"),
            b"endash" => self.text("–"),
            b"emdash" => self.text("—"),
            b"ansicpg" => self.page = value.unwrap_or_default(),
            b"f" => {
                self.flush();
                self.group.font = value.unwrap_or_default();
            }
            b"fcharset" if self.group.is_font_table && self.fonts.len() < FONTS_MAX => {
                self.fonts.insert(self.group.font, code_page(value.unwrap_or_default()));
            }
            b"uc" => self.group.fallback = value.unwrap_or(1).min(10) as usize,
            b"u" => self.unicode(number.unwrap_or_default()),
            b"htmlrtf" => {
                self.flush();
                self.group.is_rtf_only = number != Some(0);
            }
            b"htmltag" | b"mhtmltag" => {
                self.group.is_html_tag = word == b"htmltag";
                self.group.is_hidden = word == b"mhtmltag" || !self.is_html;
            }
            b"fonttbl" => {
                self.group.is_font_table = true;
                self.group.is_hidden = true;
            }
            b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" | b"themedata" | b"header"
            | b"footer" => {
                self.group.is_hidden = true;
            }
            b"pntext" if !self.is_html => {}
            _ => self.group.is_hidden |= is_ignorable,
        }
    }

    /// The text now is text, not layout: outside of what only RTF programs should see.
    fn is_shown(&self) -> bool {
        !self.group.is_hidden && (!self.is_html || self.group.is_html_tag || !self.group.is_rtf_only)
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.is_shown() {
            self.bytes.push(byte);
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_shown() {
            self.flush();
            self.out.push_str(text);
        }
    }

    fn line(&mut self) {
        self.text("\n");
    }

    /// A unit of UTF-16; the signs after it are for programs that do not know it.
    fn unicode(&mut self, number: i64) {
        let unit = (number & 0xFFFF) as u16;
        let pair = self.high.take().map(|high| [high, unit]);
        match (unit, pair) {
            (0xD800..=0xDBFF, _) => self.high = Some(unit),
            (0xDC00..=0xDFFF, Some(pair)) => self.text(&String::from_utf16_lossy(&pair)),
            _ => self.text(&String::from_utf16_lossy(&[unit])),
        }
        self.skip = self.group.fallback;
    }

    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let page = self.fonts.get(&self.group.font).copied().filter(|page| *page > 0).unwrap_or(self.page);
        self.out.push_str(&charset::decode(&bytes, Some(&super::label(page))));
    }
}

/// The code page of a font's charset.
fn code_page(charset: u32) -> u32 {
    match charset {
        162 => 1254,
        161 => 1253,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &[u8]) -> String {
        match read(source) {
            Text::Plain(text) => text,
            Text::Html(html) => format!("html:{html}"),
        }
    }

    #[test]
    fn text_is_read_in_the_charset_of_its_font() {
        let source = b"{\\rtf1\\ansi\\ansicpg1254{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 A;}}{\\colortbl;}\
            \\f0 Sipari\\'fe\\par \\f1 \\'cf\\f0\\u351?\\u-10179?\\u-8704? \\{x\\}\\~{\\*\\gizli yok}son}";
        assert_eq!(shown(source), "Sipariş\nПş😀 {x}\u{A0}son");
    }

    #[test]
    fn html_inside_comes_out_as_it_went_in() {
        let source = b"{\\rtf1\\ansi\\ansicpg1254\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf \\par \\htmlrtf0 Sipari\\'fe\
            {\\*\\htmltag84 &uuml;}\\htmlrtf \\'fc\\htmlrtf0 {\\*\\htmltag72 </p>}{\\*\\mhtmltag64 x}}";
        assert_eq!(shown(source), "html:<p>Sipariş&uuml;</p>");
    }

    #[test]
    fn broken_documents_end_where_they_end() {
        for source in [&b"{\\rtf1 a"[..], b"}}}}a", b"{{{{a", b"\\", b"\\'", b"\\'f", b"\\u", b"a\\"] {
            assert!(shown(source).len() <= 3, "{source:?}");
        }
        assert!(shown(&b"{".repeat(100_000)).is_empty());
    }
}
