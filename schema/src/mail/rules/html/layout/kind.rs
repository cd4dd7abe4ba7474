//! What an element is, by its name.

use super::super::token::Tag;

/// How an element stands in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Inline,
    Block,
    Paragraph,
    Quote,
    Pre,
    Bullets,
    Numbers,
    Item,
    Cell,
    Break,
    Rule,
    Image,
}

impl Kind {
    pub(super) fn of(name: &str) -> Kind {
        let mut lower = [0; 10];
        let Some(buffer) = lower.get_mut(..name.len()) else { return Kind::by_long_name(name) };
        buffer.copy_from_slice(name.as_bytes());
        buffer.make_ascii_lowercase();
        match &*buffer {
            b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"dl" => Kind::Paragraph,
            b"div" | b"table" | b"tr" | b"body" | b"html" | b"section" | b"article" | b"header"
            | b"footer" | b"main" | b"center" | b"form" | b"fieldset" | b"dt" | b"dd" | b"tbody"
            | b"thead" | b"caption" | b"address" | b"nav" | b"aside" | b"figure" | b"head" => Kind::Block,
            b"td" | b"th" => Kind::Cell,
            b"br" => Kind::Break,
            b"hr" => Kind::Rule,
            b"img" => Kind::Image,
            b"li" => Kind::Item,
            b"ul" | b"menu" => Kind::Bullets,
            b"ol" => Kind::Numbers,
            b"pre" | b"listing" | b"xmp" => Kind::Pre,
            b"blockquote" => Kind::Quote,
            _ => Kind::Inline,
        }
    }

    fn by_long_name(name: &str) -> Kind {
        if name.eq_ignore_ascii_case("figcaption") { Kind::Block } else { Kind::Inline }
    }

    pub(super) fn changes_inside(self) -> bool {
        matches!(self, Kind::Quote | Kind::Pre | Kind::Bullets | Kind::Numbers)
    }

    pub(super) fn is_void(self) -> bool {
        matches!(self, Kind::Break | Kind::Rule | Kind::Image)
    }
}

/// A paragraph without space around it, as Outlook writes its lines.
pub(super) fn is_tight(tag: &Tag<'_>) -> bool {
    if tag.attributes.len() < 8 {
        return false;
    }
    let is_outlook = tag.attribute("class").is_some_and(|class| class.trim_start().starts_with("Mso"));
    let style = || tag.attribute("style").unwrap_or_default().replace(' ', "");
    is_outlook || ["margin:0", "margin-top:0", "margin-bottom:0"].iter().any(|none| style().contains(none))
}
