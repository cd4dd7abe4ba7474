//! Bytes of a part, and HTML → text.

use mailparse::ParsedMail;

/// Characters of text that are kept; the raw mail keeps the rest.
const TEXT_CHARS_MAX: usize = 200_000;
/// HTML beyond these is not laid out but only stripped of its tags, in one pass.
const HTML_BYTES_MAX: usize = 512 * 1024;
const HTML_DEPTH_MAX: usize = 100;
const HTML_TAGS_MAX: usize = 20_000;
/// Columns; wide, because the reader's window wraps better than we do.
const WIDTH: usize = 2_000;

/// The decoded content. A broken transfer encoding gives what could be decoded, never nothing.
pub(super) fn bytes(part: &ParsedMail<'_>) -> Vec<u8> {
    match (part.get_body_encoded(), part.get_body_raw()) {
        (_, Ok(decoded)) => decoded,
        (mailparse::body::Body::Base64(body), Err(_)) => salvage_base64(body.get_raw()),
        (mailparse::body::Body::QuotedPrintable(body), Err(_)) => body.get_raw().to_vec(),
        _ => Vec::new(),
    }
}

/// Text that can be stored: no NUL, no trailing space, bounded. The flag tells that something was cut.
pub(super) fn tidy(text: &str) -> (String, bool) {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let joined = lines.join("\n").replace('\0', "");
    let trimmed = joined.trim_matches('\n');
    match trimmed.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => (trimmed[..end].to_owned(), true),
        None => (trimmed.to_owned(), false),
    }
}

/// The text of an HTML page, paragraphs and lists kept apart.
pub(super) fn text_of_html(html: &str) -> String {
    if html.len() > HTML_BYTES_MAX || is_too_deep(html) {
        return stripped(html);
    }
    let laid_out = super::read::guarded(|| {
        html2text::config::plain_no_decorate()
            .no_table_borders()
            .raw_mode(true)
            .allow_width_overflow()
            .string_from_read(html.as_bytes(), WIDTH)
    });
    match laid_out {
        Some(Ok(text)) => text,
        _ => stripped(html),
    }
}

/// Counts open tags. Tags that close themselves or need no end are left out of the count.
fn is_too_deep(html: &str) -> bool {
    let (mut depth, mut tags) = (0_usize, 0_usize);
    for tag in html.split('<').skip(1) {
        tags += 1;
        match tag.strip_prefix('/') {
            Some(name) if nests(name) => depth = depth.saturating_sub(1),
            None if nests(tag) => depth += 1,
            _ => {}
        }
        if depth > HTML_DEPTH_MAX || tags > HTML_TAGS_MAX {
            return true;
        }
    }
    false
}

fn nests(tag: &str) -> bool {
    const LOOSE: [&str; 22] = [
        "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "br", "hr", "img",
        "meta", "link", "input", "col", "area", "base", "wbr", "body",
    ];
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    !name.is_empty() && !LOOSE.iter().any(|loose| loose.eq_ignore_ascii_case(name))
}

/// Everything outside the tags, in one pass; style and script go too.
fn stripped(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut hidden: Option<&str> = None;
    let mut pieces = html.split('<');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (tag, after) = piece.split_once('>').unwrap_or((piece, ""));
        hidden = match hidden {
            Some(name) if is_named(tag, "/", name) => None,
            Some(name) => Some(name),
            None => ["style", "script"].into_iter().find(|name| is_named(tag, "", name)),
        };
        if hidden.is_none() {
            text.push_str(if is_block(tag) { "\n" } else { "" });
            text.push_str(after);
        }
    }
    unescaped(&text)
}

fn is_named(tag: &str, slash: &str, name: &str) -> bool {
    tag.strip_prefix(slash)
        .and_then(|rest| rest.get(..name.len()))
        .is_some_and(|found| found.eq_ignore_ascii_case(name))
}

fn is_block(tag: &str) -> bool {
    ["br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"].iter().any(|name| is_named(tag, "", name))
}

fn unescaped(text: &str) -> String {
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (sign, plain)| text.replace(sign, plain))
}

/// Base64 that was cut or dirtied: all whole groups of what belongs to the alphabet.
fn salvage_base64(raw: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut digits: Vec<u8> = raw.iter().copied().filter(is_digit).collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    let lenient = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    lenient.decode(digits).unwrap_or_default()
}
