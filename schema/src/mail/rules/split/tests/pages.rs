//! Pages of mail programs.

use super::super::split_html;

#[test]
fn pages_of_all_programs_are_split() {
    let quote = "<p>Merhaba</p>";
    for (name, html) in [
        (
            "gmail",
            format!(
                "<div>Tamam.</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">x yazdı:<br></div><blockquote class=\"gmail_quote\">{quote}</blockquote></div>"
            ),
        ),
        (
            "apple",
            format!(
                "Tamam.<br><div><blockquote type=\"cite\"><div>Destek &lt;a@b.test&gt; şunları yazdı (20 Kas 2026 14:05):</div>{quote}</blockquote></div>"
            ),
        ),
        (
            "thunderbird",
            format!(
                "<p>Tamam.</p><div class=\"moz-cite-prefix\">20.11.2026 14:05 tarihinde Destek yazdı:<br></div><blockquote type=\"cite\">{quote}</blockquote>"
            ),
        ),
        (
            "outlook web",
            format!(
                "<div>Tamam.</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>X:</b> y</div>{quote}"
            ),
        ),
        (
            "outlook",
            format!(
                "<p class=MsoNormal>Tamam.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Saatja:</b> Destek &lt;a@b.test&gt;<br><b>Saadetud:</b> 20.11.2026 14:05<br><b>Teema:</b> x</p></div>{quote}"
            ),
        ),
        (
            "yahoo",
            format!(
                "<div>Tamam.</div><div id=\"yahoo_quoted_123\" class=\"yahoo_quoted\"><div>20 Kasım 2026</div>{quote}</div>"
            ),
        ),
        (
            "yandex",
            format!(
                "<div>Tamam.</div><div>20.11.2026, 14:05, \"Destek\" &lt;a@b.test&gt;:</div><blockquote>{quote}</blockquote>"
            ),
        ),
        (
            "proton",
            format!(
                "<div>Tamam.</div><div class=\"protonmail_quote\">x<blockquote>{quote}</blockquote></div>"
            ),
        ),
    ] {
        let found = split_html(&html);
        assert_eq!(found.reply, "Tamam.", "{name}");
        assert!(found.quoted.contains("Merhaba"), "{name}: {}", found.quoted);
    }
    let signed = split_html(
        "<div>Tamam.</div><div id=\"ms-outlook-mobile-signature\"><div>Herhangi bir şey</div></div>",
    );
    assert_eq!((signed.reply.as_str(), signed.signature.as_str()), ("Tamam.", "Herhangi bir şey"));
    let below = split_html(
        "<blockquote type=cite>Kaç adet?</blockquote>Üç.<blockquote type=cite>Hangi renk?</blockquote>Mavi.",
    );
    assert_eq!(below.reply, "> Kaç adet?\n\nÜç.\n\n> Hangi renk?\n\nMavi.");
}

/// Pages of `testdata/split/pages.txt`: `# ` what wrote them, the page, and what must come of it.
#[test]
fn every_piece_of_a_page_belongs_where_it_is_written() {
    let bare = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != ">");
        lines.collect::<Vec<_>>().join("\n")
    };
    let pages = include_str!("../../../testdata/split/pages.txt");
    for page in pages.split("\n# ") {
        let (name, rest) = page.split_once('\n').unwrap();
        let mut pieces = rest.split("\n=");
        let found = split_html(pieces.next().unwrap());
        let mut wanted = [String::new(), String::new(), String::new()];
        for piece in pieces {
            let (letter, text) = piece.split_once('\n').unwrap();
            wanted["rqs".find(letter).unwrap()] = bare(text);
        }
        let found = [bare(&found.reply), bare(&found.quoted), bare(&found.signature)];
        assert_eq!(found, wanted, "reply, quoted and signature of {name}");
    }
}
