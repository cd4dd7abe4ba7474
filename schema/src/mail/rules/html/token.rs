//! HTML cut into tags and text, in one pass and without recursion. Nothing is checked and nothing refused: what is
//! no tag is text.

/// A piece of a page. Text still has its character references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open(Tag<'a>),
    Close(&'a str),
}

/// An opening tag: its name as written, and all its attributes in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, references undecoded; empty for one without a value.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((key, value, after)) = next_attribute(rest) {
            if key.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
        None
    }
}

/// Name, value and what follows.
fn next_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '='));
    if text.is_empty() {
        return None;
    }
    let end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/')).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
        return Some((name, "", after));
    };
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            let (value, after) = inner.split_once(quote).unwrap_or((inner, ""));
            return Some((name, value, after));
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    Some((name, &value[..end], &value[end..]))
}

/// Elements whose content is no text to read, up to their own end.
const RAW: [&str; 9] = ["script", "style", "title", "xml", "object", "template", "noframes", "svg", "param"];

/// The tokens of a page, comments and raw elements left out.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// Raw elements, by their place in the list, that are not closed any more: to look again would cost a look at
    /// all of the rest for each of them.
    unclosed: [bool; RAW.len()],
}

impl<'a> Tokens<'a> {
    pub(super) fn of(html: &'a str) -> Tokens<'a> {
        Tokens { rest: html, unclosed: [false; RAW.len()] }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Cuts the rest in two and goes on with the second piece.
    fn take(&mut self, length: usize) -> &'a str {
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        piece
    }

    fn text(&mut self, from: usize) -> Token<'a> {
        let end = memchr::memchr(b'<', &self.rest.as_bytes()[from..]).map_or(self.rest.len(), |at| from + at);
        Token::Text(self.take(end))
    }

    /// Up to the end of a comment; an open one is only its first sign.
    fn skip_comment(&mut self) {
        let end = self.rest[4..].find("-->").map(|at| at + 7);
        let end = end.or_else(|| self.rest.find('>').map(|at| at + 1)).unwrap_or(self.rest.len());
        self.take(end);
    }

    fn skip_to_bracket(&mut self) {
        let end = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
        self.take(end);
    }

    fn open(&mut self) -> Token<'a> {
        let end = tag_end(self.rest);
        let whole = self.take(end);
        let inner = whole[1..].strip_suffix('>').unwrap_or(&whole[1..]);
        let length = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
        let tag = Tag { name: &inner[..length], attributes: &inner[length..] };
        let raw = RAW.iter().position(|name| tag.name.eq_ignore_ascii_case(name));
        if let Some(raw) = raw.filter(|raw| !self.unclosed[*raw] && !tag.attributes.trim_end().ends_with('/'))
        {
            self.skip_raw(raw);
        }
        Token::Open(tag)
    }

    /// Up to `</name`; a page that never closes it has the rest of it shown, unless that would be a program.
    fn skip_raw(&mut self, raw: usize) {
        let name = RAW[raw];
        let mut from = 0;
        while let Some(at) = self.rest[from..].find("</").map(|at| from + at) {
            let found = self.rest.as_bytes().get(at + 2..at + 2 + name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
                self.take(at);
                return;
            }
            from = at + 2;
        }
        self.unclosed[raw] = true;
        if matches!(name, "script" | "style") {
            self.rest = "";
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let mut signs = self.rest.bytes();
            match (signs.next()?, signs.next()) {
                (b'<', Some(b'!')) if self.rest.starts_with("<!--") => self.skip_comment(),
                (b'<', Some(b'!' | b'?')) => self.skip_to_bracket(),
                (b'<', Some(b'/')) => {
                    let end = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
                    let inner = self.take(end)[2..].trim_end_matches('>');
                    return Some(Token::Close(inner.split_ascii_whitespace().next().unwrap_or_default()));
                }
                (b'<', Some(letter)) if letter.is_ascii_alphabetic() => return Some(self.open()),
                (b'<', _) => return Some(self.text(1)),
                _ => return Some(self.text(0)),
            }
        }
    }
}

/// The length of a tag. A bracket inside a quoted value does not end it, unless the quote never ends.
fn tag_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut last) = (1, b' ');
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return at + 1,
            b'"' | b'\'' if last == b'=' => match memchr::memchr(*byte, &bytes[at + 1..]) {
                Some(end) => at += end + 1,
                None => break,
            },
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = *byte;
        }
        at += 1;
    }
    text.find('>').map_or(text.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        let piece = |token| match token {
            Token::Text(text) => text.to_owned(),
            Token::Open(tag) => format!("[{}]", tag.name),
            Token::Close(name) => format!("[/{name}]"),
        };
        Tokens::of(html).map(piece).collect()
    }

    #[test]
    fn tags_and_text_are_told_apart() {
        let cases = [
            ("a<b>c</b >d<br/>", "a[b]c[/b]d[br]"),
            ("<p title='a>b' id=\"x\">t", "[p]t"),
            ("<p title='a>t</p>", "[p]t[/p]"),
            ("1 < 2 <3 <", "1 < 2 <3 <"),
            ("a<!-- <b> -->c<!DOCTYPE x><?xml y?>d", "acd"),
            ("<!--[if mso]><p>x</p><![endif]--><![if !mso]>y<![endif]>", "y"),
            ("a<!-- open <b>c", "ac"),
            ("<STYLE>p>a{}</Style>x<script>if (a<b) '</p>'</script>y", "[STYLE][/Style]x[script][/script]y"),
            ("<title>x<b>", "[title]x[b]"),
            ("<a href=x", "[a]"),
            ("</", "[/]"),
        ];
        for (html, expected) in cases {
            assert_eq!(shown(html), expected, "{html}");
        }
    }

    #[test]
    fn an_attribute_is_found_in_any_quotes() {
        let tag = Tag { name: "div", attributes: " class=\"a b\" ID = 'x' data-y=1/ hidden style=color:red" };
        let found = |name| tag.attribute(name);
        assert_eq!((found("class"), found("id"), found("data-y")), (Some("a b"), Some("x"), Some("1/")));
        assert_eq!((found("hidden"), found("style"), found("none")), (Some(""), Some("color:red"), None));
    }
}
