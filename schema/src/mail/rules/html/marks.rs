//! What mail programs leave in their HTML about where a quote or a signature begins.

use super::super::split::Mark;
use super::token::Tag;

/// What an element means for the lines inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    Mark(Mark),
    /// Gmail's wrapper: what stands in it before the quote introduces it, what stands behind it is an answer.
    GmailQuote,
    /// Not shown.
    Hidden,
}

/// Bytes of attributes that are looked at.
const ATTRIBUTES_BYTES_MAX: usize = 4_000;

pub(super) fn meaning(tag: &Tag<'_>) -> Meaning {
    if tag.attributes.len() < 5 || tag.attributes.len() > ATTRIBUTES_BYTES_MAX {
        return Meaning::Nothing;
    }
    let names = [tag.attribute("id"), tag.attribute("class"), tag.attribute("data-smartmail")];
    let mut words = names.into_iter().flatten().flat_map(str::split_ascii_whitespace);
    let by_name = words.find_map(|word| by_word(word.strip_prefix("x_").unwrap_or(word)));
    by_name.unwrap_or_else(|| by_style(tag))
}

/// By id or class. Outlook puts `x_` before the names of what it quotes.
fn by_word(word: &str) -> Option<Meaning> {
    let word = word.to_ascii_lowercase();
    let mark = match word.as_str() {
        "gmail_quote" | "gmail_quote_container" => return Some(Meaning::GmailQuote),
        "gmail_attr" | "moz-cite-prefix" | "gmail_quote_attribution" => Mark::Attribution,
        "divrplyfwdmsg" | "appendonsend" | "outlookmessageheader" | "ms-outlook-mobile-reference-message" => {
            Mark::Cut
        }
        "mail-editor-reference-message-container"
        | "olk_src_body_section"
        | "moz-forward-container"
        | "protonmail_quote"
        | "tutanota_quote"
        | "zmail_extra"
        | "freebirdoriginalmessage"
        | "mail-quote-collapse"
        | "yahoo-quoted-begin"
        | "includetail"
        | "mailmate-forwarded"
        | "front-blockquote"
        | "rc-quote"
        | "replymessage"
        | "mail_quote"
        | "original-message"
        | "quoted-text"
        | "quotedtext" => Mark::Quote,
        word if word.contains("yahoo_quoted") => Mark::Quote,
        word if word.contains("signature") => Mark::Signature,
        _ => return None,
    };
    Some(Meaning::Mark(mark))
}

/// Hidden text, and the line that desktop Outlook draws above what it quotes.
fn by_style(tag: &Tag<'_>) -> Meaning {
    if tag.attribute("hidden").is_some() {
        return Meaning::Hidden;
    }
    let Some(style) = tag.attribute("style") else { return Meaning::Nothing };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    if ["display:none", "visibility:hidden", "mso-hide:all"].iter().any(|hiding| style.contains(hiding)) {
        return Meaning::Hidden;
    }
    let is_rule = |declaration: &str| match declaration.split_once(':') {
        Some(("border-top", look)) => look.contains("solid"),
        Some(("border-top-style", look)) => look == "solid",
        _ => false,
    };
    if style.split(';').any(is_rule) { Meaning::Mark(Mark::Rule) } else { Meaning::Nothing }
}
