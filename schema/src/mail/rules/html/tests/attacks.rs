//! Pages that want to run, load, post or cover something: `testdata/attacks.txt`, each from one line to the next `<` at
//! a line's start. What is left of them is read as a browser would read it, and every piece must be allowed.

use super::super::token::{Tag, Token, Tokens};
use super::super::with_pictures;
use super::*;

const ATTACKS: &str = include_str!("../../../testdata/attacks.txt");

const TAGS: [&str; 20] = [
    "a",
    "b",
    "br",
    "blockquote",
    "del",
    "div",
    "font",
    "i",
    "img",
    "ins",
    "p",
    "pre",
    "q",
    "span",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "center",
];

fn attacks() -> Vec<String> {
    let mut attacks: Vec<String> = Vec::new();
    for line in ATTACKS.lines() {
        match attacks.last_mut() {
            Some(last) if !line.starts_with(['<', '%', '&', '+', '¼']) => {
                last.push('\n');
                last.push_str(line);
            }
            _ => attacks.push(line.to_owned()),
        }
    }
    attacks
}

/// What is wrong with a clean page.
fn harm(clean: &str) -> Option<String> {
    Tokens::of(clean).find_map(|token| match token {
        Token::Open(tag) => harm_of(&tag).map(|harm| format!("{harm} in <{} {}>", tag.name, tag.attributes)),
        Token::Close(_) | Token::Text(_) => None,
    })
}

fn harm_of(tag: &Tag<'_>) -> Option<&'static str> {
    if !TAGS.contains(&tag.name) {
        return Some("a strange element");
    }
    let mut names = tag.attributes.split('"').step_by(2).map(|piece| piece.trim().trim_end_matches('='));
    let known = [
        "",
        "href",
        "target",
        "rel",
        "src",
        "data-blocked-src",
        "style",
        "title",
        "width",
        "height",
        "border",
        "color",
        "face",
        "size",
        "align",
        "dir",
        "alt",
        "bgcolor",
        "valign",
        "datetime",
    ];
    let is_sound = |value: Option<&str>, starts: &[&str]| {
        value.is_none_or(|value| starts.iter().any(|start| value.starts_with(start)))
    };
    let style = tag.attribute("style").unwrap_or_default().to_ascii_lowercase();
    if names.any(|name| !known.contains(&name)) {
        Some("a strange attribute")
    } else if !is_sound(tag.attribute("href"), &["http://", "https://", "mailto:", "tel:"]) {
        Some("a strange link")
    } else if !is_sound(tag.attribute("src"), &["cid:", "data:image/png;base64,", "DATA:image/png;base64,"]) {
        Some("a picture from elsewhere")
    } else if ["url", "expression", "position", "@", "\\", "--", "image", ": -", ":-"]
        .iter()
        .any(|bad| style.contains(bad))
    {
        Some("a strange style")
    } else {
        None
    }
}

#[test]
fn no_attack_leaves_anything_that_runs_loads_posts_or_covers() {
    let attacks = attacks();
    assert!(attacks.len() > 150, "{} attacks", attacks.len());
    for attack in attacks {
        for around in [
            "{}",
            "<p>önce</p>{}<p>sonra</p>",
            "<table><tr><td>{}",
            "<div style='color:red'>{}",
            "<a href=\"{}",
        ] {
            let page = around.replace("{}", &attack);
            let found = clean(&page);
            assert_eq!(harm(&found), None, "of {page}");
            let pictures = with_pictures(&found)
                .replace(" src=\"https://", " src=\"cid:")
                .replace(" src=\"http:", " src=\"cid:");
            assert_eq!(
                harm(&pictures.replace(" src=\"HTTPS://", " src=\"cid:")),
                None,
                "with pictures, of {page}"
            );
        }
    }
}

#[test]
fn what_stands_around_an_attack_is_still_read() {
    for attack in attacks().iter().filter(|attack| attack.matches('<').count() == attack.matches('>').count())
    {
        // Some elements take everything behind them into themselves, in a browser as well.
        let takes_all =
            ["<plaintext", "<script>alert(1)\n", "<style><img", "<frameset", "<!--", "<xmp", "<svg", "<math"];
        if takes_all.iter().any(|taker| attack.contains(taker)) {
            continue;
        }
        assert!(clean(&format!("<p>önce</p>{attack}")).contains("önce"), "{attack}");
    }
}
